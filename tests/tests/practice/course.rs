//! A course that is not this repository's: its accounts are `sandbox` and `mine`, and its lab comes and goes.

use crate::common::Machine;

/// The files of the course.
const FILES: [(&str, &str); 8] = [
    (
        "book.toml",
        r#"[book]
title = "Networks"

[preprocessor.verify.accounts]
mine = "the account with your users"
sandbox = "the account for labs"

[preprocessor.verify.params]
vpc_name = "lesson"
vpc_range = "10.0.0.0/16"
"#,
    ),
    ("src/SUMMARY.md", "- [A network](network.md)\n"),
    (
        "src/network.md",
        r#"# A network

<!-- verify: table subnets -->

| zone | range |
|---|---|
| us-east-1a | 10.0.1.0/24 |
| us-east-1b | 10.0.2.0/24 |

- [ ] You have an account <!-- verify: signed-up -->
- [ ] Ada may sign in <!-- verify: ada -->
- [ ] The network is there <!-- verify: network -->
- [ ] It is deleted again <!-- verify: no-network -->
"#,
    ),
    (
        "checks/signed-up.toml",
        r#"title = "The account is active"
account = "mine"
allow = ["empty-account", "never-false"]

[[expect]]
title = "It is active"
that = "account.state == 'ACTIVE'"
fix = "Sign up."

[practice]
title = "Sign up for the {account} account"
do = [{ switch = "sign-up" }]
"#,
    ),
    (
        "checks/ada.toml",
        r#"title = "A user for Ada"
account = "mine"

[read.users]
call = "iam:ListUsers"

[[expect]]
title = "There is a user"
that = "users.Users.exists(u, u.UserName == 'ada')"
fix = "Create a user."

[practice]
title = "Create the user ada"
needs = ["signed-up"]
do = [{ call = "iam:CreateUser", with = { UserName = "ada" } }]
"#,
    ),
    (
        "checks/network.toml",
        r#"title = "A network with two subnets"
account = "sandbox"
makes = "mine.map(v, v.VpcId)"
costs = "nothing"

[let]
mine = "vpcs.Vpcs.filter(v, v.Tags.exists(t, t.Key == 'Name' && t.Value == vpc_name))"

[read.vpcs]
call = "ec2:DescribeVpcs"
region = "us-east-1"

[read.parts]
call = "ec2:DescribeSubnets"
region = "us-east-1"

[[expect]]
title = "There is a VPC"
that = "mine.size() == 1"
met = "{mine[0].VpcId} is there."
fix = "Create a VPC."

[[expect]]
title = "It has the subnets of the table"
rows = "subnets"
that = "parts.Subnets.exists(s, mine.exists(v, v.VpcId == s.VpcId) && s.CidrBlock == row.range && s.AvailabilityZone == row.zone)"
fix = ["Create the subnets of the table.", "Create the subnet {row.range} in {row.zone}."]

[practice]
title = "Create the VPC and its subnets"
do = [
    { region = "us-east-1", call = "ec2:CreateVpc", with = { CidrBlock = "{vpc_range}" }, as = "vpc" },
    { region = "us-east-1", call = "ec2:CreateTags", with = { Resources = ["{vpc.Vpc.VpcId}"], Tags = [{ Key = "Name", Value = "{vpc_name}" }] } },
    { region = "us-east-1", each = "subnets", call = "ec2:CreateSubnet", with = { VpcId = "{vpc.Vpc.VpcId}", CidrBlock = "{each.range}", AvailabilityZone = "{each.zone}" } },
]
"#,
    ),
    (
        "checks/no-network.toml",
        r#"title = "The network is deleted again"
account = "sandbox"
removes = ["network"]

[practice]
title = "Delete the VPC and its subnets"
needs = ["network"]
do = [
    { region = "us-east-1", call = "ec2:DescribeVpcs", with = { Filters = [{ Name = "cidr", Values = ["{vpc_range}"] }] }, as = "vpcs" },
    { region = "us-east-1", call = "ec2:DescribeSubnets", as = "all" },
    { region = "us-east-1", each = "all.Subnets.filter(s, s.VpcId == vpcs.Vpcs[0].VpcId)", call = "ec2:DeleteSubnet", with = { SubnetId = "{each.SubnetId}" } },
    { region = "us-east-1", call = "ec2:DeleteVpc", with = { VpcId = "{vpcs.Vpcs[0].VpcId}" } },
]
"#,
    ),
    (".gitignore", "book\n"),
];

/// A machine with the course.
pub(super) fn networks() -> Machine {
    let machine = Machine::empty();
    FILES.iter().for_each(|(path, text)| machine.write(path, text));
    machine
}
