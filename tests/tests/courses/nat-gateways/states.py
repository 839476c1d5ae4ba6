

TIERS = ["front", "service", "data", "spare"]
SETTINGS = dict(region="us-east-1")


def ec2():
    return client("ec2", region=SETTINGS["region"])


def in_region(region):
    SETTINGS["region"] = region


def call(thing, name):
    ec2().create_tags(Resources=[thing], Tags=[{"Key": "Name", "Value": name}])


def own():
    return next(v for v in ec2().describe_vpcs()["Vpcs"] if v["CidrBlock"] == "10.40.0.0/16")["VpcId"]


def of_vpc():
    return [{"Name": "vpc-id", "Values": [own()]}]


def subnet(name):
    tier, zone = name.split("-")
    cidr = f"10.40.{(TIERS.index(tier) * 4 + 'abc'.index(zone)) * 16}.0/20"
    found = ec2().describe_subnets(Filters=of_vpc())["Subnets"]
    return next(s for s in found if s["CidrBlock"] == cidr)["SubnetId"]


def network():
    """What the lesson before this one builds."""
    vpc = ec2().create_vpc(CidrBlock="10.40.0.0/16")["Vpc"]["VpcId"]
    call(vpc, "course-vpc")
    ec2().modify_vpc_attribute(VpcId=vpc, EnableDnsHostnames={"Value": True})
    gateway = ec2().create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    ec2().attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
    table = ec2().create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"]
    ec2().create_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", GatewayId=gateway)
    for at, tier in enumerate(TIERS):
        for number, zone in enumerate("abc"):
            cidr = f"10.40.{(at * 4 + number) * 16}.0/20"
            place = dict(CidrBlock=cidr, AvailabilityZone=SETTINGS["region"] + zone)
            made = ec2().create_subnet(VpcId=vpc, **place)["Subnet"]["SubnetId"]
            call(made, f"{tier}-{zone}")
            if tier == "front":
                ec2().associate_route_table(RouteTableId=table, SubnetId=made)
                ec2().modify_subnet_attribute(SubnetId=made, MapPublicIpOnLaunch={"Value": True})


def address(name=None):
    made = ec2().allocate_address(Domain="vpc")["AllocationId"]
    if name:
        call(made, name)
    return made


def addresses(style="nat-{}"):
    for zone in "abc":
        address(style.format(zone))


def addresses_loud():
    addresses("NAT {}")


def address_of(name):
    found = ec2().describe_addresses()["Addresses"]
    return next(a for a in found if any(t["Value"] == name for t in a.get("Tags", [])))["AllocationId"]


def gateway(value):
    """`front-a:nat-a`: a gateway in a subnet, with an address."""
    where, name = value.split(":")
    ec2().create_nat_gateway(SubnetId=subnet(where), AllocationId=address_of(name))


def gateways():
    for zone in "abc":
        gateway(f"front-{zone}:nat-{zone}")


def gateways_crossed():
    """Each gateway has the address with the name of another zone."""
    for zone, other in zip("abc", "bca"):
        gateway(f"front-{zone}:nat-{other}")


def gateways_with_new_addresses():
    """The button in the form allocates addresses without names."""
    for zone in "abc":
        ec2().create_nat_gateway(SubnetId=subnet(f"front-{zone}"), AllocationId=address())


def name_addresses():
    """Names the addresses that the gateways use."""
    for zone in "abc":
        call(live(f"front-{zone}")["NatGatewayAddresses"][0]["AllocationId"], f"nat-{zone}")


def gateways_private():
    for zone in "abc":
        ec2().create_nat_gateway(SubnetId=subnet(f"front-{zone}"), ConnectivityType="private")


def live(where):
    found = ec2().describe_nat_gateways()["NatGateways"]
    return next(g for g in found if g["SubnetId"] == subnet(where) and g["State"] == "available")


def table(name):
    made = ec2().create_route_table(VpcId=own())["RouteTable"]["RouteTableId"]
    call(made, name)


def table_of(name):
    found = ec2().describe_route_tables(Filters=of_vpc())["RouteTables"]
    return next(t for t in found if any(tag["Value"] == name for tag in t["Tags"]))["RouteTableId"]


def associate(value):
    name, where = value.split(":")
    ec2().associate_route_table(RouteTableId=table_of(name), SubnetId=subnet(where))


def tables(style="private-{}"):
    for zone in "abc":
        table(style.format(zone))
        for tier in TIERS[1:]:
            associate(f"{style.format(zone)}:{tier}-{zone}")


def tables_camel():
    tables("Private{}")


def tables_without_associations():
    for zone in "abc":
        table(f"private-{zone}")


def tables_but(missing):
    """All associations but one."""
    tables_without_associations()
    for zone in "abc":
        for tier in TIERS[1:]:
            if f"{tier}-{zone}" != missing:
                associate(f"private-{zone}:{tier}-{zone}")


def name_main():
    found = ec2().describe_route_tables(Filters=of_vpc())["RouteTables"]
    call(next(t for t in found if any(a.get("Main") for a in t["Associations"]))["RouteTableId"], "private-a")


def one_table():
    """One table for all zones."""
    table("private-a")
    for zone in "abc":
        for tier in TIERS[1:]:
            associate(f"private-a:{tier}-{zone}")


def front_to_private():
    """The front subnet moves to the private table."""
    for t in ec2().describe_route_tables(Filters=of_vpc())["RouteTables"]:
        for a in t["Associations"]:
            if a.get("SubnetId") == subnet("front-a"):
                ec2().disassociate_route_table(AssociationId=a["RouteTableAssociationId"])
    associate("private-a:front-a")


def route(value):
    """`private-a:front-a`: to the gateway in a subnet."""
    name, where = value.split(":")
    gateway = live(where)["NatGatewayId"]
    ec2().create_route(RouteTableId=table_of(name), DestinationCidrBlock="0.0.0.0/0", NatGatewayId=gateway)


def routes(style="private-{}"):
    for zone in "abc":
        route(f"{style.format(zone)}:front-{zone}")


def routes_camel():
    routes("Private{}")


def routes_to_first():
    for zone in "abc":
        route(f"private-{zone}:front-a")


def route_to_internet_gateway(name):
    gateway = ec2().describe_internet_gateways()["InternetGateways"][0]["InternetGatewayId"]
    ec2().create_route(RouteTableId=table_of(name), DestinationCidrBlock="0.0.0.0/0", GatewayId=gateway)


def route_for_a_part():
    gateway = live("front-a")["NatGatewayId"]
    ec2().create_route(RouteTableId=table_of("private-a"), DestinationCidrBlock="198.51.100.0/24", NatGatewayId=gateway)


def everything():
    network()
    addresses()
    gateways()
    tables()
    routes()


def delete_gateway(where):
    ec2().delete_nat_gateway(NatGatewayId=live(where)["NatGatewayId"])


def delete_gateways():
    for gateway in ec2().describe_nat_gateways()["NatGateways"]:
        if gateway["State"] == "available":
            ec2().delete_nat_gateway(NatGatewayId=gateway["NatGatewayId"])
            ec2().delete_network_interface(NetworkInterfaceId=gateway["NatGatewayAddresses"][0]["NetworkInterfaceId"])


def release(name):
    ec2().release_address(AllocationId=address_of(name))


def release_all():
    for address in ec2().describe_addresses()["Addresses"]:
        ec2().release_address(AllocationId=address["AllocationId"])


def rename_addresses():
    for address in ec2().describe_addresses()["Addresses"]:
        call(address["AllocationId"], "mine")


def delete_tables(but=None):
    for zone in "abc":
        if f"private-{zone}" == but:
            continue
        found = ec2().describe_route_tables(RouteTableIds=[table_of(f"private-{zone}")])["RouteTables"][0]
        for a in found["Associations"]:
            ec2().disassociate_route_table(AssociationId=a["RouteTableAssociationId"])
        ec2().delete_route_table(RouteTableId=found["RouteTableId"])


def delete_vpc():
    vpc, filters = own(), of_vpc()
    for one in ec2().describe_subnets(Filters=filters)["Subnets"]:
        ec2().delete_subnet(SubnetId=one["SubnetId"])
    for one in ec2().describe_route_tables(Filters=filters)["RouteTables"]:
        for a in one["Associations"]:
            if not a.get("Main"):
                ec2().disassociate_route_table(AssociationId=a["RouteTableAssociationId"])
        if not any(a.get("Main") for a in one["Associations"]):
            ec2().delete_route_table(RouteTableId=one["RouteTableId"])
    for one in ec2().describe_internet_gateways()["InternetGateways"]:
        ec2().detach_internet_gateway(InternetGatewayId=one["InternetGatewayId"], VpcId=vpc)
        ec2().delete_internet_gateway(InternetGatewayId=one["InternetGatewayId"])
    ec2().delete_vpc(VpcId=vpc)


def ipv6():
    """The optional section of the lesson before this one, for one subnet."""
    gateway = ec2().describe_internet_gateways()["InternetGateways"][0]["InternetGatewayId"]
    ec2().associate_vpc_cidr_block(VpcId=own(), AmazonProvidedIpv6CidrBlock=True)
    block = ec2().describe_vpcs(VpcIds=[own()])["Vpcs"][0]["Ipv6CidrBlockAssociationSet"][0]["Ipv6CidrBlock"]
    ec2().associate_subnet_cidr_block(SubnetId=subnet("front-a"), Ipv6CidrBlock=block.replace("/56", "/64"))
    found = ec2().describe_route_tables(Filters=of_vpc())["RouteTables"]
    front = next(t for t in found if any(a.get("SubnetId") == subnet("front-a") for a in t["Associations"]))
    ec2().create_route(RouteTableId=front["RouteTableId"], DestinationIpv6CidrBlock="::/0", GatewayId=gateway)


def rename_vpc(name):
    call(own(), name)
