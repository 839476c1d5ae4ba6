//! Links to the pages of AWS's console where a step is done.

/// The hosts of the console in AWS's partitions: <https://docs.aws.amazon.com/general/latest/gr/signin-service.html> and
/// the sign-in pages of the China and GovCloud regions. The console of a service or region is below them.
const HOSTS: [&str; 3] = ["console.aws.amazon.com", "console.amazonaws.cn", "console.amazonaws-us-gov.com"];

/// Whether a text is the address of a page of the console, without holes.
pub fn is_console(address: &str) -> bool {
    wrong(address).is_none() && !address.contains(['{', '}'])
}

/// What is wrong with the address of a page of the console, if anything. The host is written out, so that a link can lead
/// nowhere else.
pub(super) fn wrong(address: &str) -> Option<&'static str> {
    let Some(rest) = address.strip_prefix("https://") else {
        return Some("`console` must begin with https://console.aws.amazon.com/");
    };
    let host = &rest[..rest.find(['/', '?', '#']).unwrap_or(rest.len())];
    let is_host = |known: &str| host == known || host.strip_suffix(known).is_some_and(|below| below.ends_with('.'));
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || ".-".contains(c);
    if !HOSTS.iter().any(|known| is_host(known)) || !host.chars().all(plain) {
        return Some("`console` must begin with https://console.aws.amazon.com/, and `{…}` comes after that");
    }
    // In holes, any character may be part of an expression.
    let is_address = |text: &str| text.chars().all(|c| c.is_ascii_graphic() && !"\"<>\\^`|".contains(c));
    let mut outside = rest.to_owned();
    for hole in crate::words::holes(rest) {
        outside = outside.replace(hole, "");
    }
    (!is_address(&outside)).then_some("`console` must be an address without spaces and quotation marks")
}

#[cfg(test)]
mod tests {
    use super::wrong;

    #[test]
    fn a_link_leads_to_the_console_only() {
        for good in [
            "https://console.aws.amazon.com/vpc",
            "https://console.aws.amazon.com",
            "https://eu-west-1.console.aws.amazon.com/vpcconsole/home?region={input.region}#vpcs:",
            "https://s3.console.aws.amazon.com/s3/buckets/{input.bucket + 'a b'}",
            "https://console.amazonaws.cn/iam/",
            "https://us-gov-west-1.console.amazonaws-us-gov.com/",
        ] {
            assert_eq!(wrong(good), None, "{good}");
        }
        for bad in [
            "http://console.aws.amazon.com/",
            "https://console.aws.amazon.com.evil.example/",
            "https://evilconsole.aws.amazon.com/",
            "https://{input.region}.console.aws.amazon.com/",
            "https://console.aws.amazon.com{input.x}/",
            "https://console.aws.amazon.com:8443/",
            "https://console.aws.amazon.com@evil.example/",
            "https://evil.example/console.aws.amazon.com",
            "https://evil.example\\.console.aws.amazon.com/",
            "https://console.aws.amazon.com/a b",
            "https://console.aws.amazon.com/\"x",
            "javascript:alert(1)//console.aws.amazon.com/",
            "",
        ] {
            assert!(wrong(bad).is_some(), "{bad}");
        }
    }
}
