//! The state of an emulator as JSON, which is what `settle` changes.

use serde_json::{Map, Value};
use winterbaume_account::AccountStateView;
use winterbaume_budgets::BudgetsStateView;
use winterbaume_cloudwatch::CloudwatchStateView;
use winterbaume_ec2::Ec2StateView;
use winterbaume_iam::IamStateView;
use winterbaume_organizations::OrganizationsStateView;
use winterbaume_s3::S3StateView;

/// A state that can be read as JSON, and changed by it.
pub(super) trait View: Sized {
    /// The state; `None` if JSON cannot express it.
    fn json(&self) -> Option<Value>;

    /// The state with what has changed; `None` if it is not a state.
    fn with(self, changed: Value) -> Option<Self>;
}

macro_rules! as_a_whole {
    ($($view:ty),*) => {$(
        impl View for $view {
            fn json(&self) -> Option<Value> {
                serde_json::to_value(self).ok()
            }

            fn with(self, changed: Value) -> Option<Self> {
                serde_json::from_value(changed).ok()
            }
        }
    )*};
}

as_a_whole!(AccountStateView, BudgetsStateView, CloudwatchStateView, IamStateView, OrganizationsStateView, S3StateView);

/// The kinds of things that the emulator of EC2's network can make. Its state has a hundred others, which stay empty. To
/// read and write those as JSON would make the program 1.7 MB larger.
macro_rules! of_its_network {
    ($($kind:ident),* $(,)?) => {
        impl View for Ec2StateView {
            fn json(&self) -> Option<Value> {
                let kinds = [$((stringify!($kind), serde_json::to_value(&self.$kind).ok()?)),*];
                Some(Value::Object(kinds.into_iter().map(|(kind, things)| (kind.to_owned(), things)).collect()))
            }

            fn with(mut self, changed: Value) -> Option<Self> {
                let Value::Object(mut changed) = changed else { return None };
                let mut things = |kind: &str| Map::remove(&mut changed, kind);
                $(self.$kind = serde_json::from_value(things(stringify!($kind))?).ok()?;)*
                Some(self)
            }
        }

        #[cfg(test)]
        const KINDS: &[&str] = &[$(stringify!($kind)),*];
    };
}

of_its_network!(
    address_transfers,
    byoip_cidrs,
    carrier_gateways,
    coip_cidrs,
    coip_pools,
    counters,
    dhcp_options,
    egress_only_igws,
    elastic_ips,
    flow_logs,
    igws,
    ipam_pool_allocations,
    ipam_pool_cidrs,
    ipam_pools,
    ipam_prefix_list_resolver_targets,
    ipam_prefix_list_resolvers,
    ipams,
    managed_prefix_lists,
    nat_gateways,
    network_acls,
    network_insights_access_scope_analyses,
    network_insights_access_scopes,
    network_insights_analyses,
    network_insights_paths,
    network_interface_permissions,
    network_interfaces,
    public_ipv4_pools,
    route_server_associations,
    route_server_endpoints,
    route_server_peers,
    route_servers,
    route_tables,
    secondary_networks,
    secondary_subnets,
    security_group_vpc_associations,
    security_groups,
    subnet_cidr_reservations,
    subnets,
    vpc_block_public_access_exclusions,
    vpc_block_public_access_options,
    vpc_cidr_associations,
    vpc_encryption_controls,
    vpc_endpoint_connection_notifications,
    vpc_endpoint_connections,
    vpc_endpoint_service_configs,
    vpc_endpoints,
    vpc_peering_connections,
    vpcs,
);

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;
    use winterbaume_core::{MockRequest, MockService, StatefulService, default_account_id};
    use winterbaume_ec2::Ec2Service;

    const REGION: &str = "eu-west-1";

    /// Makes a call. Returns its answer, which may be an error.
    async fn call(ec2: &Ec2Service, inputs: &str) -> String {
        let request = MockRequest {
            method: "POST".to_owned(),
            uri: format!("https://ec2.{REGION}.amazonaws.com/"),
            headers: http::HeaderMap::new(),
            body: format!("{inputs}&Version=2016-11-15").into(),
        };
        String::from_utf8_lossy(&ec2.handle(request).await.body).into_owned()
    }

    /// What the emulator may make with the features of this build is all that is read and put back.
    #[tokio::test]
    async fn the_state_of_ec2_has_nothing_else() {
        let ec2 = Ec2Service::new();
        let made = |answer: &str, element: &str| {
            let (_, after) =
                answer.split_once(&format!("<{element}>")).unwrap_or_else(|| panic!("{element}: {answer}"));
            after.split('<').next().unwrap().to_owned()
        };
        let vpc = made(&call(&ec2, "Action=CreateVpc&CidrBlock=10.0.0.0/16").await, "vpcId");
        let peer = made(&call(&ec2, "Action=CreateVpc&CidrBlock=10.1.0.0/16").await, "vpcId");
        let subnet = format!("Action=CreateSubnet&VpcId={vpc}&CidrBlock=10.0.0.0/24");
        let subnet = made(&call(&ec2, &subnet).await, "subnetId");
        let address = made(&call(&ec2, "Action=AllocateAddress&Domain=vpc").await, "allocationId");
        // With all inputs that these operations need, and those of others, which are not looked at.
        let inputs = format!(
            "VpcId={vpc}&PeerVpcId={peer}&SubnetId={subnet}&AllocationId={address}&CidrBlock=10.0.9.0/24&Cidr=10.0.0.0/28\
             &GroupName=web&GroupDescription=web&ServiceName=com.amazonaws.{REGION}.s3&ResourceType=VPC\
             &ResourceId.1={vpc}&TrafficType=ALL&LogGroupName=x&PrefixListName=x&MaxEntries=2&AddressFamily=IPv4\
             &ReservationType=prefix&InternetGatewayExclusionMode=allow-egress&InternetGatewayBlockMode=off&Source={vpc}\
             &Destination={peer}&Protocol=tcp&AmazonSideAsn=65000&NetworkType=x&DhcpConfiguration.1.Key=domain-name\
             &DhcpConfiguration.1.Value.1=x&NetworkLoadBalancerArn.1=x&Cidr=10.0.0.0/28&CoipPoolId=x&Description=x\
             &Ipv6CidrBlock=2001:db8::/56&AmazonProvidedIpv6CidrBlock=true&KeyName=x&ImageId=x&Type=ipsec.1&BgpAsn=65000"
        );
        let reads = include_str!("../../evidence/reads/ALLOWED.md");
        let (_, own) = reads.split_once("## ec2\n").unwrap();
        let own = own.split("\n## ").next().unwrap();
        let kinds =
            own.lines().filter_map(|line| line.strip_prefix("- Describe")).map(|kind| kind.split(' ').next().unwrap());
        let mut made = 0;
        for kind in kinds {
            let one = kind.strip_suffix("ses").map_or(kind.trim_end_matches('s').to_owned(), |stem| format!("{stem}s"));
            for action in
                ["Create", "Allocate", "Associate", "Provision", "Start", "Import", "Register", "Request", "Purchase"]
            {
                let answer = call(&ec2, &format!("Action={action}{one}&{inputs}")).await;
                made += usize::from(answer.contains(&format!("<{action}{one}Response")));
            }
        }
        assert!(made > 15, "{made} operations made something");
        let view = ec2.snapshot(default_account_id(), REGION).await;
        let Ok(Value::Object(whole)) = serde_json::to_value(&view) else { panic!("JSON expresses it") };
        let Ok(Value::Object(empty)) = serde_json::to_value(Ec2StateView::default()) else { panic!("and this") };
        let filled: BTreeSet<&str> =
            whole.iter().filter(|(kind, things)| empty[*kind] != **things).map(|(kind, _)| kind.as_str()).collect();
        let known: BTreeSet<&str> = KINDS.iter().copied().collect();
        assert_eq!(filled.difference(&known).collect::<Vec<_>>(), Vec::<&&str>::new());
        assert!(filled.len() > 12, "{filled:?}");
        // And it is put back as it was.
        let json = view.json().unwrap();
        let back = ec2.snapshot(default_account_id(), REGION).await.with(json.clone()).unwrap();
        assert_eq!(back.json(), Some(json));
        assert_eq!(serde_json::to_value(back).unwrap(), Value::Object(whole));
    }
}
