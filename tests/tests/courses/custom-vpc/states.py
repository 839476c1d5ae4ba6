

TIERS = ["front", "service", "data", "spare"]
VPC = dict(name="course-vpc", range="10.40.0.0/16", region="us-east-1")


def ec2(account="production"):
    return client("ec2", account, region=VPC["region"])


def call(thing, name):
    ec2().create_tags(Resources=[thing], Tags=[{"Key": "Name", "Value": name}])


def own(which=0):
    """The VPCs that are not the default one, in the order in which they were made."""
    return [v for v in ec2().describe_vpcs()["Vpcs"] if not v["IsDefault"]][which]["VpcId"]


def subnets_of(vpc=None):
    return ec2().describe_subnets(Filters=[{"Name": "vpc-id", "Values": [vpc or own()]}])["Subnets"]


def rows():
    """The lesson's table: name, number, zone."""
    return [(f"{tier}-{zone}", at * 4 + number, zone) for at, tier in enumerate(TIERS) for number, zone in enumerate("abc")]


def subnet(name):
    number = next(number for own_name, number, _ in rows() if own_name == name)
    return next(s for s in subnets_of() if s["CidrBlock"] == f"10.40.{number * 16}.0/20")["SubnetId"]


def in_region(region):
    VPC["region"] = region


def vpc(name=None, cidr=None, **settings):
    made = ec2().create_vpc(CidrBlock=cidr or VPC["range"], **settings)["Vpc"]["VpcId"]
    call(made, name or VPC["name"])


def vpc_of(cidr):
    vpc(cidr=cidr)


def vpc_unnamed():
    ec2().create_vpc(CidrBlock=VPC["range"])


def vpc_dedicated():
    vpc(InstanceTenancy="dedicated")


def vpc_in_general():
    made = ec2("general").create_vpc(CidrBlock=VPC["range"])["Vpc"]["VpcId"]
    ec2("general").create_tags(Resources=[made], Tags=[{"Key": "Name", "Value": VPC["name"]}])


def rename(name):
    call(own(), name)


def tag_in_lower_case():
    ec2().delete_tags(Resources=[own()], Tags=[{"Key": "Name"}])
    ec2().create_tags(Resources=[own()], Tags=[{"Key": "name", "Value": VPC["name"]}])


def hostnames(on="yes"):
    ec2().modify_vpc_attribute(VpcId=own(), EnableDnsHostnames={"Value": on == "yes"})


def no_resolution():
    ec2().modify_vpc_attribute(VpcId=own(), EnableDnsSupport={"Value": False})


def add(name, number, zone):
    cidr = number if "/" in str(number) else f"10.40.{number * 16}.0/20"
    made = ec2().create_subnet(VpcId=own(), CidrBlock=cidr, AvailabilityZone=VPC["region"] + zone)["Subnet"]["SubnetId"]
    call(made, name)


def subnets(zones="abc"):
    for name, number, zone in rows():
        add(name, number, zones["abc".index(zone)])


def subnets_but(missing):
    for name, number, zone in rows():
        if name != missing:
            add(name, number, zone)


def subnets_named(style):
    """`FrontA`, `front_a`, `FRONT A`: what the lesson lets learners do."""
    for name, number, zone in rows():
        tier, letter = name.split("-")
        add({"camel": tier.title() + letter.upper(), "snake": f"{tier}_{letter}", "loud": f"{tier} {letter}".upper()}[style], number, zone)


def subnets_swapped():
    """Two names on each other's range."""
    swap = {"data-a": "service-a", "service-a": "data-a"}
    for name, number, zone in rows():
        add(swap.get(name, name), number, zone)


def subnet_in_zone(value):
    """`data-b:c`: one subnet in another zone."""
    wrong, other = value.split(":")
    for name, number, zone in rows():
        add(name, number, other if name == wrong else zone)


def smaller(name):
    """One subnet with a part of its range."""
    number, zone = next((number, zone) for own_name, number, zone in rows() if own_name == name)
    add(name, f"10.40.{number * 16}.0/24", zone)


def extra():
    add("extra", "10.40.48.0/20", "a")


def gateway(attach="yes"):
    made = ec2().create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    if attach == "yes":
        ec2().attach_internet_gateway(InternetGatewayId=made, VpcId=own())


def gateway_id():
    return ec2().describe_internet_gateways()["InternetGateways"][0]["InternetGatewayId"]


def detach():
    ec2().detach_internet_gateway(InternetGatewayId=gateway_id(), VpcId=own())


def main_table():
    tables = ec2().describe_route_tables(Filters=[{"Name": "vpc-id", "Values": [own()]}])["RouteTables"]
    return next(t["RouteTableId"] for t in tables if any(a.get("Main") for a in t["Associations"]))


def front_table():
    tables = ec2().describe_route_tables(Filters=[{"Name": "vpc-id", "Values": [own()]}])["RouteTables"]
    return next(t["RouteTableId"] for t in tables if not any(a.get("Main") for a in t["Associations"]))


def table():
    ec2().create_route_table(VpcId=own())


def route(cidr="0.0.0.0/0"):
    ec2().create_route(RouteTableId=front_table(), DestinationCidrBlock=cidr, GatewayId=gateway_id())


def main_route():
    ec2().create_route(RouteTableId=main_table(), DestinationCidrBlock="0.0.0.0/0", GatewayId=gateway_id())


def associate(name):
    ec2().associate_route_table(RouteTableId=front_table(), SubnetId=subnet(name))


def associate_front():
    for zone in "abc":
        associate(f"front-{zone}")


def public_routes():
    table()
    route()
    associate_front()


def table_for_each():
    """Each front subnet has a table of its own."""
    for zone in "abc":
        made = ec2().create_route_table(VpcId=own())["RouteTable"]["RouteTableId"]
        ec2().create_route(RouteTableId=made, DestinationCidrBlock="0.0.0.0/0", GatewayId=gateway_id())
        ec2().associate_route_table(RouteTableId=made, SubnetId=subnet(f"front-{zone}"))


def addresses(name=None):
    for one in [name] if name else [f"front-{zone}" for zone in "abc"]:
        ec2().modify_subnet_attribute(SubnetId=subnet(one), MapPublicIpOnLaunch={"Value": True})


def ipv6_of_vpc():
    ec2().associate_vpc_cidr_block(VpcId=own(), AmazonProvidedIpv6CidrBlock=True)


def ipv6_of_subnets(wrong=None):
    sets = ec2().describe_vpcs(VpcIds=[own()])["Vpcs"][0]["Ipv6CidrBlockAssociationSet"]
    start = sets[0]["Ipv6CidrBlock"].split("::")[0][:-2]
    for name, number, _ in rows():
        number = 0xFF if name == wrong else number
        ec2().associate_subnet_cidr_block(SubnetId=subnet(name), Ipv6CidrBlock=f"{start}{number:02x}::/64")


def assign_ipv6(but=None):
    for name, _, _ in rows():
        if name != but:
            ec2().modify_subnet_attribute(SubnetId=subnet(name), AssignIpv6AddressOnCreation={"Value": True})


def ipv6_route(table=None):
    target = main_table() if table == "main" else front_table()
    ec2().create_route(RouteTableId=target, DestinationIpv6CidrBlock="::/0", GatewayId=gateway_id())


def everything():
    vpc()
    hostnames()
    subnets()
    gateway()
    public_routes()
    addresses()


def ipv6():
    ipv6_of_vpc()
    ipv6_of_subnets()
    assign_ipv6()
    ipv6_route()
