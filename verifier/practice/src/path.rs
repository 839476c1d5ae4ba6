//! Finds the operation of a REST request by its method, path and query, as the tables write them.

use evidence::reads::Service;
use std::collections::BTreeMap;

use super::writes;

/// What paths of Amazon S3 Control begin with, whose requests are signed as those to S3.
pub(super) const S3_CONTROL: &str = "/v20180820/";

/// The path of a URL, without its query.
pub(super) fn of(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let from_path = rest.find('/').map_or("/", |at| &rest[at..]);
    from_path.split('?').next().unwrap_or("/")
}

/// The path and the query of a URL.
pub(super) fn with_query(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    rest.find('/').map_or("/", |at| &rest[at..])
}

/// The operation that a request calls: of those whose path and query it has, the one that says most about it.
pub(super) fn operation(service: &Service, method: &str, url: &str) -> Option<&'static str> {
    let (path, query) = split(with_query(url));
    // SDKs name the operation where the rest does not tell it.
    let given = query.get("x-id").copied().unwrap_or_default();
    let tables = [evidence::reads::service(&service.name).ok(), writes::service(&service.name).ok().flatten()];
    let operations = tables.into_iter().flatten().flat_map(|table| &table.operations);
    let fitting = operations.filter(|(_, operation)| operation.method == method).filter_map(|(name, operation)| {
        let (template, wanted) = split(&operation.uri);
        let named =
            wanted.iter().all(|(key, value)| query.get(key).is_some_and(|has| value.is_empty() || has == value));
        let literal = matched(template, path)?;
        named.then_some(((name == given, wanted.len(), literal), name.as_str()))
    });
    // Of two that say as much, the first by name.
    fitting.reduce(|best, next| if next.0 > best.0 { next } else { best }).map(|(_, name)| name)
}

/// A path, and the keys and values of its query.
fn split(uri: &str) -> (&str, BTreeMap<&str, &str>) {
    let (path, query) = uri.split_once('?').unwrap_or((uri, ""));
    let pairs = query.split('&').filter(|pair| !pair.is_empty());
    (path, pairs.map(|pair| pair.split_once('=').unwrap_or((pair, ""))).collect())
}

/// How many parts of a path are as in a template, whose other parts are members in braces; `None` if it does not fit.
fn matched(template: &str, path: &str) -> Option<usize> {
    let mut parts = path.trim_matches('/').split('/').filter(|part| !part.is_empty());
    let mut literal = 0;
    for wanted in template.trim_matches('/').split('/').filter(|part| !part.is_empty()) {
        let part = parts.next()?;
        match wanted.strip_prefix('{').and_then(|name| name.strip_suffix('}')) {
            Some(name) if name.ends_with('+') => parts.by_ref().for_each(drop),
            Some(_) => {}
            None if wanted == part => literal += 1,
            None => return None,
        }
    }
    parts.next().is_none().then_some(literal)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_operation_of_a_rest_request_is_the_one_that_says_most() {
        for (service, method, url, name) in [
            ("s3", "GET", "https://s3.us-east-1.amazonaws.com/", Some("ListBuckets")),
            ("s3", "GET", "http://127.0.0.1/bucket?policy", Some("GetBucketPolicy")),
            ("s3", "PUT", "http://127.0.0.1/bucket?policy", Some("PutBucketPolicy")),
            ("s3", "PUT", "http://127.0.0.1/bucket", Some("CreateBucket")),
            ("s3", "PUT", "http://127.0.0.1/bucket/", Some("CreateBucket")),
            ("s3", "PUT", "http://127.0.0.1/bucket/a/b/c?x-id=PutObject", Some("PutObject")),
            ("s3", "GET", "http://127.0.0.1/bucket?list-type=2&prefix=a", Some("ListObjectsV2")),
            ("account", "POST", "http://127.0.0.1/getAccountInformation", Some("GetAccountInformation")),
            ("account", "POST", "http://127.0.0.1/nothing", None),
        ] {
            let service = evidence::reads::service(service).unwrap();
            assert_eq!(operation(service, method, url), name, "{method} {url}");
        }
    }
}
