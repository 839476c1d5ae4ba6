//! What was read in part, compared as a whole: only a difference that is certain decides.

use super::assert_decided;

#[test]
fn what_was_read_in_part_differs_only_if_what_was_read_does() {
    let cases = [
        ("some == null || root == null", "false"),
        ("root == {'mfa': false}", "false"),
        ("root == {'mfa': true}", "false"),
        ("root.list[0] == {'name': 'a', 'secret': 1}", "unknown"),
        ("root.list[0] in [{'name': 'b', 'secret': 1}]", "false"),
        ("part == [] || some == [] || [] == part || some == ['a']", "false"),
        ("none == []", "unknown"),
        ("some.filter(s, type(s) == map).size() == 2", "unknown"),
        ("some.all(s, [s].size() == 1)", "unknown"),
    ];
    assert_decided(&cases);
}
