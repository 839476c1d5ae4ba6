# Two instances that functions start, stop and guard.
import io
import time
import zipfile

ID = "123456789012"
FRONT, BACK = "desk-front", "desk-back"
ROLE = "desk-switch-role"
OPEN, CLOSE, KEEP = FUNCTIONS = "desk-open", "desk-close", "desk-keep"
RULE, SCHEDULE = "desk-front-stopped", "desk-close-evening"


def arn(service, rest):
    return f"arn:aws:{service}:us-east-1:{ID}:{rest}"


# Instances


def launch(name, region="us-east-1"):
    ec2 = lab("ec2", region)
    image = ec2.describe_images(Owners=["amazon"])["Images"][0]["ImageId"]
    tags = [{"ResourceType": "instance", "Tags": [{"Key": "Name", "Value": name}]}]
    ec2.run_instances(ImageId=image, InstanceType="t3.micro", MinCount=1, MaxCount=1, TagSpecifications=tags)


def instance(name):
    usable = [{"Name": "instance-state-name", "Values": ["running", "stopped"]}]
    found = lab("ec2").describe_instances(Filters=usable)["Reservations"]
    names = {plain(one["Tags"][0]["Value"]): one["InstanceId"] for made in found for one in made["Instances"]}
    return names.get(plain(name), "i-0123456789abcdef0")


def instances():
    launch(FRONT)
    launch(BACK)


def instances_named_freely():
    launch("Desk Front")
    launch("DESK_BACK")


def instances_elsewhere():
    launch(FRONT, "eu-west-1")
    launch(BACK, "eu-west-1")


def stop(name):
    lab("ec2").stop_instances(InstanceIds=[instance(name)])


def terminate(name):
    lab("ec2").terminate_instances(InstanceIds=[instance(name)])


def rename_instance(name):
    lab("ec2").create_tags(Resources=[instance(name)], Tags=[{"Key": "Name", "Value": "kept"}])


# The role


def trust(*services, **more):
    statement = {"Effect": "Allow", "Principal": {"Service": list(services)}, "Action": "sts:AssumeRole", **more}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def statement(actions, resource="*", effect="Allow", **more):
    return {"Effect": effect, "Action": actions, "Resource": resource, **more}


SWITCH = ["ec2:StartInstances", "ec2:StopInstances"]
LOGS = ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"]


def put_policy(*statements, name="switch"):
    document = json.dumps({"Version": "2012-10-17", "Statement": list(statements)})
    lab("iam").put_role_policy(RoleName=ROLE, PolicyName=name, PolicyDocument=document)


def create_role(name=ROLE, document=None):
    lab("iam").create_role(RoleName=name, AssumeRolePolicyDocument=document or trust("lambda.amazonaws.com"))


def role():
    create_role()
    put_policy(statement(SWITCH), statement(LOGS, "arn:aws:logs:*:*:*"))


def role_with_patterns():
    create_role(document=trust("ec2.amazonaws.com", "lambda.amazonaws.com"))
    ids = [arn("ec2", f"instance/{instance(name)}") for name in (FRONT, BACK)]
    put_policy(statement(["ec2:Start*", "ec2:stop*"], ids))
    attached = lab("iam").create_policy(PolicyName="desk-logs", PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": statement("logs:*")}))
    lab("iam").attach_role_policy(RoleName=ROLE, PolicyArn=attached["Policy"]["Arn"])


def role_for_ec2():
    create_role(document=trust("ec2.amazonaws.com"))
    put_policy(statement(SWITCH + LOGS))


def role_without_policy():
    create_role()


def role_for_front_only():
    create_role()
    put_policy(statement(SWITCH, arn("ec2", f"instance/{instance(FRONT)}")), statement(LOGS))


def role_without_logs():
    create_role()
    put_policy(statement(SWITCH))


def role_with_condition():
    create_role()
    put_policy(statement(SWITCH, Condition={"StringEquals": {"aws:RequestedRegion": "eu-west-1"}}), statement(LOGS))


def role_with_deny():
    role()
    put_policy(statement("ec2:Stop*", effect="Deny"), name="deny")


def role_with_boundary():
    role()
    lab("iam").put_role_permissions_boundary(RoleName=ROLE, PermissionsBoundary="arn:aws:iam::aws:policy/ReadOnlyAccess")


def second_role():
    create_role("DeskSwitchRole")


def role_named(name):
    create_role(name)


# The functions


def create_function(name, runtime="python3.13", role=ROLE):
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as code:
        code.writestr("handler.py", "def handler(event, context): pass")
    environment = {"Variables": {"INSTANCES": f"{instance(FRONT)},{instance(BACK)}"}}
    lab("lambda").create_function(FunctionName=name, Runtime=runtime, Role=f"arn:aws:iam::{ID}:role/{role}", Handler="handler.handler", Code={"ZipFile": data.getvalue()}, Environment=environment)


def functions():
    for name in FUNCTIONS:
        create_function(name)


def functions_with(role):
    for name in FUNCTIONS:
        create_function(name, role=role)


def functions_named_freely():
    for name in ["Desk_Open", "DeskClose", "Desk-Keep"]:
        create_function(name)


def two_functions():
    create_function(OPEN)
    create_function(CLOSE)


def functions_in_node():
    create_function(OPEN)
    create_function(CLOSE)
    create_function(KEEP, "nodejs22.x")


def functions_with_own_roles():
    for name in FUNCTIONS:
        create_role(f"{name}-role")
        create_function(name, role=f"{name}-role")


# The rule


PATTERN = {"source": ["aws.ec2"], "detail-type": ["EC2 Instance State-change Notification"]}


def put_rule(pattern, name=RULE, state="ENABLED"):
    lab("events").put_rule(Name=name, EventPattern=json.dumps(pattern), State=state)


def rule(state="ENABLED"):
    put_rule({**PATTERN, "detail": {"state": ["stopped"], "instance-id": [instance(FRONT)]}}, state=state)


def rule_by_arn():
    resource = arn("ec2", f"instance/{instance(FRONT)}")
    put_rule({**PATTERN, "resources": [resource], "region": ["us-east-1"], "detail": {"state": ["stopped"]}}, name="Desk_Front_Stopped")


def rule_for(value):
    put_rule({**PATTERN, "detail": {"state": ["stopped"], "instance-id": [instance(value)]}})


def rule_for_both():
    put_rule({**PATTERN, "detail": {"state": ["stopped"], "instance-id": [instance(FRONT), instance(BACK)]}})


def rule_for_all():
    put_rule({**PATTERN, "detail": {"state": ["stopped"]}})


def rule_in_state(value):
    put_rule({**PATTERN, "detail": {"state": value.split("+"), "instance-id": [instance(FRONT)]}})


def rule_elsewhere():
    put_rule({**PATTERN, "region": ["eu-west-1"], "detail": {"state": ["stopped"], "instance-id": [instance(FRONT)]}})


def rule_without_type():
    put_rule({"source": ["aws.ec2"], "detail": {"state": ["stopped"], "instance-id": [instance(FRONT)]}})


def rule_on_schedule():
    lab("events").put_rule(Name=RULE, ScheduleExpression="rate(5 minutes)")


def rule_name():
    names = [rule["Name"] for rule in lab("events").list_rules()["Rules"]]
    return next(name for name in names if plain(name) == plain(RULE))


def function_arn(name):
    functions = lab("lambda").list_functions()["Functions"]
    return next(one["FunctionArn"] for one in functions if plain(one["FunctionName"]) == plain(name))


def target(name=KEEP, rule=None, at="one"):
    lab("events").put_targets(Rule=rule or rule_name(), Targets=[{"Id": at, "Arn": function_arn(name)}])


def target_too(name):
    target(name, at="two")


def permit(name, source, sid="rule"):
    more = {"SourceArn": source} if source else {}
    lab("lambda").add_permission(FunctionName=function_arn(name), StatementId=sid, Action="lambda:InvokeFunction", Principal="events.amazonaws.com", **more)


def permission(name=KEEP):
    permit(name, arn("events", f"rule/{rule_name()}"))


def permission_for_another_rule():
    permit(KEEP, arn("events", "rule/another"))


def permission_for_all():
    permit(KEEP, None, "all")


# The schedule


def schedule(expression="cron(0 20 * * ? *)", name=CLOSE):
    lab("events").put_rule(Name=SCHEDULE, ScheduleExpression=expression)
    target(name, SCHEDULE)
    permit(name, arn("events", f"rule/{SCHEDULE}"), "schedule")


def schedule_without_permission():
    lab("events").put_rule(Name=SCHEDULE, ScheduleExpression="cron(0 20 * * ? *)")
    target(CLOSE, SCHEDULE)


def scheduler(name=CLOSE, state="ENABLED"):
    call = {"Arn": function_arn(name), "RoleArn": f"arn:aws:iam::{ID}:role/scheduler"}
    lab("scheduler").create_schedule(Name=SCHEDULE, ScheduleExpression="cron(30 19 ? * MON-FRI *)", State=state, FlexibleTimeWindow={"Mode": "OFF"}, Target=call)


# What happened


def run_functions(*names):
    logs = lab("logs")
    for name in names or FUNCTIONS:
        group = "/aws/lambda/" + function_arn(name).split(":")[-1]
        logs.create_log_group(logGroupName=group)
        logs.create_log_stream(logGroupName=group, logStreamName="2026/11/27/[$LATEST]0a1b")
        logs.put_log_events(logGroupName=group, logStreamName="2026/11/27/[$LATEST]0a1b", logEvents=[{"timestamp": int(time.time() * 1000), "message": "started"}])


def run_one(name):
    run_functions(name)


def empty_groups():
    for name in FUNCTIONS:
        lab("logs").create_log_group(logGroupName="/aws/lambda/" + name)


# All of it, and away again


def everything():
    for action in (instances, role, functions, rule, target, permission, schedule, run_functions):
        action()


def everything_named_freely():
    for action in (instances_named_freely, role, functions_named_freely, rule_by_arn, target, permission, run_functions):
        action()


def scheduler_off():
    scheduler(state="DISABLED")


def delete_rules():
    events = lab("events")
    for name in [rule["Name"] for rule in events.list_rules()["Rules"]]:
        events.remove_targets(Rule=name, Ids=["one", "two"])
        events.delete_rule(Name=name)
    for one in lab("scheduler").list_schedules()["Schedules"]:
        lab("scheduler").delete_schedule(Name=one["Name"])


def delete_functions():
    for one in lab("lambda").list_functions()["Functions"]:
        lab("lambda").delete_function(FunctionName=one["FunctionName"])


def delete_logs():
    for one in lab("logs").describe_log_groups()["logGroups"]:
        lab("logs").delete_log_group(logGroupName=one["logGroupName"])


def delete_role():
    iam = lab("iam")
    for name in iam.list_role_policies(RoleName=ROLE)["PolicyNames"]:
        iam.delete_role_policy(RoleName=ROLE, PolicyName=name)
    iam.delete_role(RoleName=ROLE)


def delete_instances():
    terminate(FRONT)
    terminate(BACK)


def delete_everything():
    for action in (delete_rules, delete_functions, delete_logs, delete_role, delete_instances):
        action()


def done():
    """For the recording of the cases: an example of everything that the checks can read."""
    everything()
    attached = lab("iam").create_policy(PolicyName="desk-logs", PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": statement("logs:*")}))
    lab("iam").attach_role_policy(RoleName=ROLE, PolicyArn=attached["Policy"]["Arn"])
    put_policy(statement(SWITCH))
    scheduler()
