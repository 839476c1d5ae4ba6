//! Statements of policies.

use super::assert_decided;

#[test]
fn who_is_allowed_is_unknown_where_a_statement_depends_on_something_else() {
    let cases = [
        ("denies(plain, 's3:GetObject', ['1'])", "true"),
        ("denies(plain, 's3:ListBucket', ['1'])", "false"),
        ("allows(plain, 's3:GetObject', ['1'])", "false"),
        ("denies(one, 's3:GetObject', ['1'])", "true"),
        ("denies(one, 's3:GetObject', ['2'])", "false"),
        ("denies(somewhere, 's3:GetObject', ['1'])", "unknown"),
        ("denies(somewhere, 's3:ListBucket', ['1'])", "false"),
        ("[somewhere, plain].exists(s, denies(s, 's3:GetObject', ['1']))", "true"),
        ("[somewhere, open].exists(s, denies(s, 's3:GetObject', ['1']))", "unknown"),
        ("denies(member, 's3:GetObject', ['1'])", "unknown"),
        ("denies(member, 's3:GetObject', ['1', ''])", "false"),
        ("denies(member, 's3:GetObject', ['1', '1'])", "true"),
        ("denies(member, 's3:GetObject', ['1', '2'])", "false"),
        ("allows(open, 's3:GetObject', ['1'])", "true"),
        ("allows_others(open, ['1'])", "true"),
        ("allows_others(plain, ['1'])", "false"),
        ("denies(plain, 's3:GetObject', [])", "unknown"),
        ("denies(plain, 's3:GetObject', [1])", "unknown"),
        ("denies(root, 's3:GetObject', ['1'])", "unknown"),
        ("denies('plain', 's3:GetObject', ['1'])", "unknown"),
        // A map that is no statement of a bucket's policy does not deny anything, nor does it not.
        ("denies({'effect': 'Allow'}, 's3:GetObject', ['1'])", "unknown"),
        ("denies(json('{\"Effect\": \"Deny\"}'), 's3:GetObject', ['1'])", "unknown"),
        ("allows_others({}, ['1'])", "unknown"),
        ("allows(policy(trust).statements[0], 's3:GetObject', ['1'])", "unknown"),
    ];
    assert_decided(&cases);
}
