# A database, its snapshot, its standby, and a database that is restored from the snapshot.
import time

MAIN, RESTORED, POINT = "shop-db", "shop-db-restored", "restore-point-1"


def rds(region="us-east-1"):
    return lab("rds", region)


def group(name):
    """The id of a security group, which is made if it is not there."""
    ec2 = lab("ec2")
    found = ec2.describe_security_groups(Filters=[{"Name": "group-name", "Values": [name]}])["SecurityGroups"]
    return found[0]["GroupId"] if found else ec2.create_security_group(GroupName=name, Description=name)["GroupId"]


def subnet_group(name):
    subnets = [subnet["SubnetId"] for subnet in lab("ec2").describe_subnets()["Subnets"]][:2]
    rds().create_db_subnet_group(DBSubnetGroupName=name, DBSubnetGroupDescription=name, SubnetIds=subnets)


def create(name, **settings):
    settings = {"Engine": "mysql", "MasterUsername": "keeper", "PubliclyAccessible": False, **settings}
    rds().create_db_instance(DBInstanceIdentifier=name, DBInstanceClass="db.t3.micro", MasterUserPassword="passw0rd!", AllocatedStorage=20, **settings)


def network():
    subnet_group("shop-subnets")
    return dict(DBSubnetGroupName="shop-subnets", VpcSecurityGroupIds=[group("shop-data")])


# The learner's database


def database():
    create(MAIN, **network())


def database_postgres():
    create(MAIN, Engine="postgres", **network())


def database_named(name):
    create(name, **network())


def database_public():
    create(MAIN, **{**network(), "PubliclyAccessible": True})


def database_elsewhere():
    rds("eu-west-1").create_db_instance(DBInstanceIdentifier=MAIN, DBInstanceClass="db.t3.micro", Engine="mysql", MasterUsername="keeper", MasterUserPassword="passw0rd!", AllocatedStorage=20)


def cluster():
    rds().create_db_cluster(DBClusterIdentifier="shop", Engine="aurora-mysql", MasterUsername="keeper", MasterUserPassword="passw0rd!")
    rds().create_db_instance(DBInstanceIdentifier=MAIN, DBInstanceClass="db.t3.medium", Engine="aurora-mysql", DBClusterIdentifier="shop")


def stop(name):
    rds().stop_db_instance(DBInstanceIdentifier=name)


def standby():
    rds().modify_db_instance(DBInstanceIdentifier=MAIN, MultiAZ=True, ApplyImmediately=True)


def no_standby():
    rds().modify_db_instance(DBInstanceIdentifier=MAIN, MultiAZ=False, ApplyImmediately=True)


# The snapshot


def snapshot(name=POINT):
    rds().create_db_snapshot(DBInstanceIdentifier=MAIN, DBSnapshotIdentifier=name)


def snapshot_of_another():
    create("side-db")
    rds().create_db_snapshot(DBInstanceIdentifier="side-db", DBSnapshotIdentifier=POINT)


def snapshot_copied():
    snapshot("by-hand")
    rds().copy_db_snapshot(SourceDBSnapshotIdentifier="by-hand", TargetDBSnapshotIdentifier="RestorePoint7")


# The restored database


def restore_with(name=RESTORED, **settings):
    time.sleep(1.1)
    settings = {"DBSubnetGroupName": "shop-subnets", "VpcSecurityGroupIds": [group("shop-data")], "PubliclyAccessible": False, **settings}
    rds().restore_db_instance_from_db_snapshot(DBInstanceIdentifier=name, DBSnapshotIdentifier=POINT, **settings)


def restore(name=RESTORED):
    restore_with(name)


def restore_named():
    restore_with("ShopDB-Restored", VpcSecurityGroupIds=[group("open-to-all"), group("shop-data")])


def restore_public():
    restore_with(PubliclyAccessible=True)


def restore_in_other_subnets():
    subnet_group("other-subnets")
    restore_with(DBSubnetGroupName="other-subnets")


def restore_with_other_group():
    restore_with(VpcSecurityGroupIds=[group("open-to-all")])


def restore_with_more_groups():
    restore_with(VpcSecurityGroupIds=[group("open-to-all"), group("shop-data")])


def restored_before():
    create(RESTORED)


def restored_by_hand():
    time.sleep(1.1)
    create(RESTORED, MasterUsername="somebody", DBSubnetGroupName="shop-subnets", VpcSecurityGroupIds=[group("shop-data")])


# Away again


def delete(name):
    rds().delete_db_instance(DBInstanceIdentifier=name, SkipFinalSnapshot=True)


def delete_snapshot():
    rds().delete_db_snapshot(DBSnapshotIdentifier=POINT)


def rename(names):
    before, after = names.split(":")
    rds().modify_db_instance(DBInstanceIdentifier=before, NewDBInstanceIdentifier=after, ApplyImmediately=True)
