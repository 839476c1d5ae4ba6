//! What both formats say of an operation and its members.

use evidence::reads::{Found, Hidden, Member, Operation, Pages, Place, Reach, Service, Shape};

/// The partition that authors write for, unless they say another.
const PARTITION: &str = "aws";

/// The regions in which a service can be asked.
pub(super) enum Regions<'s> {
    /// One for all.
    Global(&'s str),
    /// Some.
    Some(&'s [String]),
    /// All.
    All,
}

pub(super) fn regions(service: &Service) -> Regions<'_> {
    let offered = service.endpoints.get(PARTITION).and_then(|endpoints| endpoints.regions.as_deref());
    match (service.global_region(PARTITION), offered) {
        (Some(region), _) => Regions::Global(region),
        (None, Some(regions)) => Regions::Some(regions),
        (None, None) => Regions::All,
    }
}

/// An operation's input or answer, with its members.
pub(super) fn side<'s>(service: &'s Service, shape: Option<&'s String>) -> Option<(&'s str, &'s Shape)> {
    let name = shape?;
    Some((name, service.shape(name)?))
}

/// Whether a course gives an input; the program gives the others: it reads all pages.
pub(super) fn is_given(operation: &Operation, name: &str, member: &Member) -> bool {
    let is_of_pages = |pages: &Pages| pages.input.iter().chain(&pages.limit).any(|input| input == name);
    member.reach != Some(Reach::Program) && !member.idempotency && !operation.pages.as_ref().is_some_and(is_of_pages)
}

/// Whether a member of an answer is one that checks see: not the token of a page, nor the status.
pub(super) fn is_answered(operation: &Operation, name: &str, member: &Member) -> bool {
    let is_token = operation.pages.as_ref().is_some_and(|pages| pages.output.iter().any(|token| token == name));
    !is_token && member.place != Some(Place::Status)
}

/// The paths of the members that are never shown.
pub(super) fn hidden(found: Found) -> Vec<(String, Hidden)> {
    let mut paths = Vec::new();
    if let Some((name, _)) = side(found.service, found.operation.output.as_ref()) {
        collect(found.service, name, "", &mut Vec::new(), &mut paths);
    }
    paths
}

fn collect<'s>(
    service: &'s Service,
    name: &'s str,
    path: &str,
    above: &mut Vec<&'s str>,
    paths: &mut Vec<(String, Hidden)>,
) {
    let Some(shape) = service.shape(name).filter(|_| !above.contains(&name)) else { return };
    above.push(name);
    for (member, facts) in &shape.members {
        let path = if path.is_empty() { member.clone() } else { format!("{path}.{member}") };
        match facts.hidden {
            Some(why) => paths.push((path, why)),
            None => collect(service, &facts.shape, &path, above, paths),
        }
    }
    if let Some(of) = &shape.of {
        collect(service, &of.shape, path, above, paths);
    }
    above.pop();
}
