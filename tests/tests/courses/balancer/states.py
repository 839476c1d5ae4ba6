"""The states of the elastic web tier."""

FRONT, WEB, SERVER, SERVERS = "tide-front", "tide-web", "tide-server", "tide-servers"
ADDRESS = "/tide/front-address"


# --- what is there before the lesson


def network(region="us-east-1"):
    """The VPC with its subnets."""
    ec2 = lab("ec2", region)
    vpc = ec2.create_vpc(CidrBlock="10.40.0.0/16")["Vpc"]["VpcId"]
    tag(vpc, "tide", region)
    for at, zone in enumerate("abc"):
        subnet(f"tide-web-{zone}", vpc, at, zone, region)
    subnet("tide-data-a", vpc, 8, "a", region)
    subnet("tide-data-d", vpc, 9, "d", region)


def subnet(name, vpc, at, zone, region="us-east-1"):
    made = lab("ec2", region).create_subnet(VpcId=vpc, CidrBlock=f"10.40.{at}.0/24", AvailabilityZone=region + zone)
    tag(made["Subnet"]["SubnetId"], name, region)


def image(region="us-east-1"):
    return lab("ec2", region).describe_images(Owners=["amazon"])["Images"][0]["ImageId"]


def network_other_names():
    """The subnets' names in another case, without hyphens."""
    ec2 = lab("ec2")
    for known in ec2.describe_subnets()["Subnets"]:
        if name_of(known).startswith("tide-web"):
            tag(known["SubnetId"], name_of(known).replace("-", " ").title())


# --- what the learner does


def vpc_id(region="us-east-1"):
    return next(v["VpcId"] for v in lab("ec2", region).describe_vpcs()["Vpcs"] if name_of(v) == "tide")


def subnets(letters, tier="web", region="us-east-1"):
    named = {plain(name_of(s)): s["SubnetId"] for s in lab("ec2", region).describe_subnets()["Subnets"]}
    return [named[f"tide{tier}{letter}"] for letter in letters]


def group(*rules, region="us-east-1"):
    """A security group with rules (protocol, from, to, range)."""
    ec2 = lab("ec2", region)
    name = f"tide-{len(ec2.describe_security_groups()['SecurityGroups'])}"
    made = ec2.create_security_group(GroupName=name, Description=name, VpcId=vpc_id(region))["GroupId"]
    for protocol, first, last, source in rules:
        rule = {"IpProtocol": protocol}
        if protocol != "-1":
            rule.update(FromPort=first, ToPort=last)
        key = ("Ipv6Ranges", "CidrIpv6") if ":" in source else ("IpRanges", "CidrIp")
        rule[key[0]] = [{key[1]: source}]
        ec2.authorize_security_group_ingress(GroupId=made, IpPermissions=[rule])
    return made


HTTP = ("tcp", 80, 80, "0.0.0.0/0")


def targets(name=WEB, path="/health", vpc=None, region="us-east-1", **more):
    settings = dict(Protocol="HTTP", Port=80, TargetType="instance", HealthCheckPath=path)
    settings.update(more)
    lab("elbv2", region).create_target_group(Name=name, VpcId=vpc or vpc_id(region), **settings)


def balancer(letters="abc", tier="web", name=FRONT, rules=(HTTP,), region="us-east-1", **more):
    settings = dict(Scheme="internet-facing", Type="application")
    settings.update(more)
    if settings["Type"] == "application":
        settings["SecurityGroups"] = [group(*rules, region=region)]
    lab("elbv2", region).create_load_balancer(Name=name, Subnets=subnets(letters, tier, region), **settings)


def front(name=None, region="us-east-1"):
    known = lab("elbv2", region).describe_load_balancers()["LoadBalancers"]
    return next(b for b in known if b["LoadBalancerName"] == name or not name and plain(b["LoadBalancerName"]) == "tidefront")


def web(name=None, region="us-east-1"):
    known = lab("elbv2", region).describe_target_groups()["TargetGroups"]
    wanted = name or "tideweb"
    return next(t["TargetGroupArn"] for t in known if plain(t["TargetGroupName"]) == plain(wanted))


def listener(port=80, region="us-east-1", action=None):
    action = action or {"Type": "forward", "TargetGroupArn": web(region=region)}
    lab("elbv2", region).create_listener(
        LoadBalancerArn=front(region=region)["LoadBalancerArn"], Protocol="HTTP", Port=port, DefaultActions=[action]
    )


def parameter(kind="String", name=ADDRESS):
    lab("ssm").put_parameter(Name=name, Value=front()["DNSName"], Type=kind)


def template(name=SERVER):
    data = {"ImageId": image(), "InstanceType": "t3.micro"}
    lab("ec2").create_launch_template(LaunchTemplateName=name, LaunchTemplateData=data)


def version(default="yes", tokens="required", region="us-east-1"):
    ec2 = lab("ec2", region)
    data = {"ImageId": image(region), "InstanceType": "t3.micro", "MetadataOptions": {"HttpTokens": tokens}}
    made = ec2.create_launch_template_version(LaunchTemplateName=SERVER, LaunchTemplateData=data)
    if default == "yes":
        number = made["LaunchTemplateVersion"]["VersionNumber"]
        ec2.modify_launch_template(LaunchTemplateName=SERVER, DefaultVersion=str(number))


def servers(letters="abc", tier="web", name=SERVERS, version="$Default", health="ELB", attach=True, region="us-east-1"):
    lab("autoscaling", region).create_auto_scaling_group(
        AutoScalingGroupName=name,
        LaunchTemplate={"LaunchTemplateName": SERVER, "Version": version},
        MinSize=1,
        MaxSize=1,
        DesiredCapacity=1,
        VPCZoneIdentifier=",".join(subnets(letters, tier, region)),
        TargetGroupARNs=[web(region=region)] if attach else [],
        HealthCheckType=health,
        HealthCheckGracePeriod=60,
    )


def settings(name=SERVERS, least=1, most=3, key="Name", propagate=True, metrics=True):
    scaling = lab("autoscaling")
    scaling.update_auto_scaling_group(AutoScalingGroupName=name, MinSize=int(least), MaxSize=int(most))
    tag = dict(ResourceId=name, ResourceType="auto-scaling-group", Key=key, Value="tide-server", PropagateAtLaunch=propagate)
    scaling.create_or_update_tags(Tags=[tag])
    if metrics:
        # Without a list of metrics, AWS turns all on, and moto none.
        scaling.enable_metrics_collection(AutoScalingGroupName=name, Granularity="1Minute", Metrics=["GroupMinSize"])


def policy(name, change, group=SERVERS, kind="SimpleScaling", adjustment="ChangeInCapacity"):
    more = dict(ScalingAdjustment=change)
    if kind == "StepScaling":
        more = dict(StepAdjustments=[{"MetricIntervalLowerBound": 0.0, "ScalingAdjustment": change}])
    if kind == "TargetTrackingScaling":
        tracked = dict(PredefinedMetricSpecification={"PredefinedMetricType": "ASGAverageCPUUtilization"}, TargetValue=40.0)
        lab("autoscaling").put_scaling_policy(
            AutoScalingGroupName=group, PolicyName=name, PolicyType=kind, TargetTrackingConfiguration=tracked
        )
        return
    lab("autoscaling").put_scaling_policy(
        AutoScalingGroupName=group, PolicyName=name, PolicyType=kind, AdjustmentType=adjustment, **more
    )


def policies(group=SERVERS):
    policy("tide-out", 1, group)
    policy("tide-in", -1, group)


def arn_of(policy):
    known = lab("autoscaling").describe_policies()["ScalingPolicies"]
    return next(p["PolicyARN"] for p in known if plain(p["PolicyName"]) == plain(policy))


def alarm(name, comparison, policy, group=SERVERS, threshold=40.0):
    lab("cloudwatch").put_metric_alarm(
        AlarmName=name,
        Namespace="AWS/EC2",
        MetricName="CPUUtilization",
        Dimensions=[{"Name": "AutoScalingGroupName", "Value": group}],
        ComparisonOperator=comparison,
        Threshold=threshold,
        Statistic="Average",
        Period=300,
        EvaluationPeriods=1,
        AlarmActions=[arn_of(policy)],
    )


def alarms(group=SERVERS):
    alarm("tide-busy", "GreaterThanThreshold", "tide-out", group)
    alarm("tide-idle", "LessThanThreshold", "tide-in", group)


def up_to(last):
    """The lesson's steps, in order, up to one of them."""
    network()
    order = [targets, balancer, listener, parameter, template, version, servers, settings, policies, alarms]
    names = ["targets", "balancer", "listener", "parameter", "template", "version", "servers", "settings", "policies", "alarms"]
    for step in order[: names.index(last) + 1 if last != "network" else 0]:
        step()


# --- what learners get wrong


def wrong_targets(what):
    {
        "ip": lambda: targets(TargetType="ip"),
        "port": lambda: targets(Port=8080),
        "path": lambda: targets(path="/"),
        "vpc": lambda: targets(vpc=next(v["VpcId"] for v in lab("ec2").describe_vpcs()["Vpcs"] if v["IsDefault"])),
        "https": lambda: targets(Protocol="HTTPS"),
        "name": lambda: targets(name="tide-servers"),
    }[what]()


def balancer_in(places):
    lab("elbv2").create_load_balancer(
        Name=FRONT, Subnets=places, Scheme="internet-facing", Type="application", SecurityGroups=[group(HTTP)]
    )


def wrong_balancer(what):
    anything = ("-1", 0, 0, "0.0.0.0/0")
    {
        "network": lambda: balancer(Type="network"),
        "internal": lambda: balancer(Scheme="internal"),
        "two": lambda: balancer("ab"),
        "private": lambda: balancer_in(subnets("bc") + subnets("a", "data")),
        "extra": lambda: balancer_in(subnets("abc") + subnets("d", "data")),
        "closed": lambda: balancer(rules=[("tcp", 80, 80, "198.51.100.7/32")]),
        "ssh": lambda: balancer(rules=[HTTP, ("tcp", 22, 22, "0.0.0.0/0")]),
        "everything": lambda: balancer(rules=[anything]),
        "range": lambda: balancer(rules=[("tcp", 0, 1024, "0.0.0.0/0")]),
        "ssh6": lambda: balancer(rules=[HTTP, ("tcp", 22, 22, "::/0")]),
        "name": lambda: balancer(name="tide-web"),
    }[what]()


def two_balancers():
    """One that is right but internal, and one that faces the internet in two subnets."""
    balancer(Scheme="internal")
    balancer("ab", name="TideFront")


def balancer_https_too():
    balancer(rules=[HTTP, ("tcp", 80, 80, "::/0"), ("tcp", 443, 443, "0.0.0.0/0"), ("tcp", 22, 22, "198.51.100.7/32")])


def other_region():
    """Everything, in another region."""
    network("us-west-2")
    targets(region="us-west-2")
    balancer(region="us-west-2")
    listener(region="us-west-2")


def wrong_listener(what):
    redirect = {"Type": "redirect", "RedirectConfig": {"Protocol": "HTTPS", "Port": "443", "StatusCode": "HTTP_301"}}
    if what == "port":
        listener(8080)
    elif what == "redirect":
        listener(action=redirect)
    elif what == "other":
        targets(name="tide-old")
        listener(action={"Type": "forward", "TargetGroupArn": web("tide-old")})
    elif what == "both":
        targets(name="tide-old")
        both = [{"TargetGroupArn": web(), "Weight": 1}, {"TargetGroupArn": web("tide-old"), "Weight": 1}]
        listener(action={"Type": "forward", "ForwardConfig": {"TargetGroups": both}})
    elif what == "elsewhere":
        balancer(name="tide-old")
        lab("elbv2").create_listener(
            LoadBalancerArn=front("tide-old")["LoadBalancerArn"],
            Protocol="HTTP",
            Port=80,
            DefaultActions=[{"Type": "forward", "TargetGroupArn": web()}],
        )


def listener_by_config():
    listener(action={"Type": "forward", "ForwardConfig": {"TargetGroups": [{"TargetGroupArn": web(), "Weight": 1}]}})


def third_version():
    """A third version, without IMDSv2, that is not the default."""
    version("no", "optional")


def version_optional():
    version(tokens="optional")


def servers_latest():
    servers(version="$Latest")


def servers_2():
    servers(version="2")


def stop_servers():
    ec2 = lab("ec2")
    ec2.stop_instances(InstanceIds=[i["InstanceId"] for r in ec2.describe_instances()["Reservations"] for i in r["Instances"]])


def wrong_servers(what):
    if what == "launch_configuration":
        scaling = lab("autoscaling")
        scaling.create_launch_configuration(LaunchConfigurationName="tide", ImageId=image(), InstanceType="t3.micro")
        scaling.create_auto_scaling_group(
            AutoScalingGroupName=SERVERS,
            LaunchConfigurationName="tide",
            MinSize=1,
            MaxSize=1,
            VPCZoneIdentifier=",".join(subnets("abc")),
            TargetGroupARNs=[web()],
            HealthCheckType="ELB",
        )
        return
    {
        "old_version": lambda: servers(version="1"),
        "two": lambda: servers("ab"),
        "private": lambda: lab("autoscaling").create_auto_scaling_group(
            AutoScalingGroupName=SERVERS,
            LaunchTemplate={"LaunchTemplateName": SERVER, "Version": "$Default"},
            MinSize=1,
            MaxSize=1,
            VPCZoneIdentifier=",".join(subnets("abc") + subnets("d", "data")),
            TargetGroupARNs=[web()],
            HealthCheckType="ELB",
        ),
        "not_attached": lambda: servers(attach=False),
        "ec2_health": lambda: servers(health="EC2"),
        "name": lambda: servers(name="tide"),
    }[what]()


def servers_mixed():
    """The template in a policy for several instance types."""
    spec = {"LaunchTemplateName": SERVER, "Version": "$Default"}
    lab("autoscaling").create_auto_scaling_group(
        AutoScalingGroupName=SERVERS,
        MixedInstancesPolicy={"LaunchTemplate": {"LaunchTemplateSpecification": spec}},
        MinSize=1,
        MaxSize=1,
        DesiredCapacity=1,
        VPCZoneIdentifier=",".join(subnets("abc")),
        TargetGroupARNs=[web()],
        HealthCheckType="ELB",
    )


def wrong_settings(what):
    {
        "limits": lambda: settings(most=2),
        "not_propagated": lambda: settings(propagate=False),
        "other_tag": lambda: settings(key="Stage"),
        "no_metrics": lambda: settings(metrics=False),
    }[what]()


def wrong_policies(what):
    if what == "one":
        policy("tide-out", 1)
    elif what == "same_way":
        policy("tide-out", 1)
        policy("tide-in", 1)
    elif what == "step":
        policy("tide-out", 1, kind="StepScaling")
        policy("tide-in", -1, kind="StepScaling")
    elif what == "tracking":
        policy("tide-track", 0, kind="TargetTrackingScaling")
    elif what == "exact":
        policy("tide-out", 1, adjustment="ExactCapacity")
        policy("tide-in", -1)
    elif what == "percent":
        policy("tide-out", 1)
        policy("tide-in", -1, adjustment="PercentChangeInCapacity")
    elif what == "other_group":
        servers(name="other")
        policies("other")


def policies_otherwise():
    policy("grow", 1)
    policy("shrink", -1)
    policy("grow-fast", 2)


def rightly_otherwise():
    """All names in another case, without hyphens."""
    network()
    network_other_names()
    targets(name="TideWeb")
    balancer(name="TideFront")
    listener()
    parameter()
    template()
    version()
    servers(name="Tide-Servers")
    settings(name="Tide-Servers")
    policies("Tide-Servers")
    alarms("Tide-Servers")


def by_hand():
    """A server that is not the group's, registered by hand; the group has none."""
    scaling = lab("autoscaling")
    scaling.update_auto_scaling_group(AutoScalingGroupName=SERVERS, MinSize=0, DesiredCapacity=0)
    made = lab("ec2").run_instances(ImageId=image(), MinCount=1, MaxCount=1, SubnetId=subnets("a")[0])["Instances"][0]
    lab("elbv2").register_targets(TargetGroupArn=web(), Targets=[{"Id": made["InstanceId"]}])


# --- clean-up


def delete_group():
    for known in lab("autoscaling").describe_auto_scaling_groups()["AutoScalingGroups"]:
        lab("autoscaling").delete_auto_scaling_group(AutoScalingGroupName=known["AutoScalingGroupName"], ForceDelete=True)


def delete_policies():
    for known in lab("autoscaling").describe_policies()["ScalingPolicies"]:
        lab("autoscaling").delete_policy(
            AutoScalingGroupName=known["AutoScalingGroupName"], PolicyName=known["PolicyName"]
        )


def delete_alarms():
    known = lab("cloudwatch").describe_alarms()["MetricAlarms"]
    lab("cloudwatch").delete_alarms(AlarmNames=[a["AlarmName"] for a in known])


def delete_balancer():
    for known in lab("elbv2").describe_load_balancers()["LoadBalancers"]:
        lab("elbv2").delete_load_balancer(LoadBalancerArn=known["LoadBalancerArn"])


def delete_targets():
    for known in lab("elbv2").describe_target_groups()["TargetGroups"]:
        lab("elbv2").delete_target_group(TargetGroupArn=known["TargetGroupArn"])


def delete_template():
    for known in lab("ec2").describe_launch_templates()["LaunchTemplates"]:
        lab("ec2").delete_launch_template(LaunchTemplateId=known["LaunchTemplateId"])


def delete_parameter():
    lab("ssm").delete_parameter(Name=ADDRESS)


def delete_all():
    delete_policies()
    delete_group()
    delete_alarms()
    delete_balancer()
    delete_targets()
    delete_template()
    delete_parameter()
