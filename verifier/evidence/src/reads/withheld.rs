//! Operations that read, and that checks cannot use on purpose: why, for those that authors look for.

/// What an operation returns or does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Why {
    /// Credentials, tokens or other secrets.
    Secrets,
    /// What somebody stored, not how it is configured.
    Data,
    /// Names, addresses or other data of people.
    People,
    /// Settings, but with the permission to read what somebody stored (Service Authorization Reference, Amazon S3).
    SamePermission,
    /// AWS charges for each call.
    Charged,
}

#[rustfmt::skip]
const WITHHELD: &[(&str, Why, &[&str])] = &[
    ("apigateway", Why::Secrets, &["GetApiKey", "GetApiKeys"]),
    ("appsync", Why::Secrets, &["ListApiKeys"]),
    ("athena", Why::Data, &["GetQueryResults"]),
    ("cloudwatch", Why::Charged, &["GetMetricData", "GetMetricStatistics", "GetMetricWidgetImage"]),
    ("codeartifact", Why::Secrets, &["GetAuthorizationToken"]),
    ("cognito-identity", Why::Secrets, &["GetCredentialsForIdentity", "GetOpenIdToken"]),
    ("cognito-idp", Why::People, &["AdminGetUser", "GetUser", "ListUsers", "ListUsersInGroup"]),
    ("dynamodb", Why::Data, &["BatchGetItem", "GetItem", "Query", "Scan", "TransactGetItems"]),
    ("ec2", Why::Secrets, &["GetConsoleOutput", "GetConsoleScreenshot", "GetLaunchTemplateData", "GetPasswordData"]),
    ("ecr", Why::Secrets, &["GetAuthorizationToken"]),
    ("iam", Why::Secrets, &["GenerateCredentialReport", "GetCredentialReport"]),
    ("kinesis", Why::Data, &["GetRecords"]),
    ("kms", Why::Secrets, &["Decrypt", "GenerateDataKey", "GetParametersForImport"]),
    ("lambda", Why::Secrets, &["GetFunction"]),
    ("logs", Why::Data, &["FilterLogEvents", "GetLogEvents", "GetLogRecord", "GetQueryResults", "StartQuery"]),
    ("rds", Why::Data, &["DownloadDBLogFilePortion"]),
    ("redshift", Why::Secrets, &["GetClusterCredentials"]),
    ("s3", Why::Data, &["GetObject", "SelectObjectContent"]),
    ("s3", Why::SamePermission, &["GetObjectAttributes", "HeadObject"]),
    ("secretsmanager", Why::Secrets, &["BatchGetSecretValue", "GetRandomPassword", "GetSecretValue"]),
    ("sqs", Why::Data, &["ReceiveMessage"]),
    ("ssm", Why::Secrets, &["GetParameter", "GetParameterHistory", "GetParameters", "GetParametersByPath"]),
    ("sts", Why::Secrets, &["AssumeRole", "GetFederationToken", "GetSessionToken"]),
];

/// Why no check reads an operation, as the end of a sentence.
pub(super) fn why(service: &str, operation: &str) -> Option<&'static str> {
    let withheld = WITHHELD.iter().filter(|(own, ..)| *own == service);
    let mut withheld = withheld.filter(|(.., operations)| operations.contains(&operation));
    withheld.next().map(|(_, why, _)| match why {
        Why::Secrets => "its answer can contain secrets",
        Why::Data => "its answer is what somebody stored, not how something is configured",
        Why::People => "its answer is about people",
        Why::SamePermission => "its permission would also allow reading what somebody stored",
        Why::Charged => "AWS charges for each call",
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn none_of_them_is_in_the_table() {
        for (service, _, operations) in WITHHELD {
            for operation in *operations {
                let found = crate::reads::find(&format!("{service}:{operation}"));
                assert!(found.is_err(), "{service}:{operation} can be read");
            }
        }
        let said = |name: &str| crate::reads::find(name).unwrap_err().to_string();
        assert!(
            said("ssm:GetParameter")
                .starts_with("a check cannot read ssm:GetParameter, because its answer can contain secrets")
        );
        assert!(said("s3:HeadObject").contains("its permission would also allow reading what somebody stored"));
        assert!(said("ssm:GetParamter").contains("no operation `GetParamter`"));
    }
}
