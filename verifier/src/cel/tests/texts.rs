//! Functions of texts, and documents in texts, as tables.

use super::decide;

#[test]
fn documents_in_texts_are_values() {
    for (source, expected) in [
        ("json('{\"a\": {\"b\": [1, 2.5, \"x\", true, null]}}').a.b == [1, 2.5, 'x', true, null]", "true"),
        ("json('{\"a\": 1}') == {'a': 1} && {'a': 1} == json('{\"a\": 1}') && [json('{}')] == [{}]", "true"),
        ("json('{\"b\": 1, \"a\": 2, \"c\": 3}').map(k, k) == ['a', 'b', 'c']", "true"),
        ("{'b': 1, 'a': 2, 'c': 3}.map(k, k).join() == 'abc'", "true"),
        ("json('{\"a\": 1}').exists(k, k == 'a') && json('{\"a\": 1}').all(k, json('{\"a\": 1}')[k] == 1)", "true"),
        ("json('{\"a\": 1}').size() == 1 && size(json('[1, 2]')) == 2", "true"),
        // What is absent is known to be absent, and null is a value of its own.
        ("has(json('{}').a)", "false"),
        ("'a' in json('{}')", "false"),
        ("json('{}').a == 1", "unknown"),
        ("has(json('{\"a\": null}').a) && json('{\"a\": null}').a == null", "true"),
        ("json('{\"a\": null}').a == 'x'", "false"),
        ("has(json('{\"a\": null}').a.b)", "unknown"),
        (
            "json('12') + 1 == 13 && json('18446744073709551615') == 18446744073709551615u && json('1e2') == 100.0",
            "true",
        ),
        ("type(json('1')) == int && type(json('1.0')) == double", "true"),
        ("json('{\"$unreadable\": []}').size() == 1", "true"),
        ("json('not JSON') == 'not JSON'", "unknown"),
        ("json('') == null", "unknown"),
        ("json('{\"a\": 1, \"a\": 1}').a == 1", "unknown"),
        ("has(json('{\"a\": 1, \"a\": 1}').b)", "unknown"),
        ("policy(trust).statements.exists(s, s.effect == 'Allow' && 'ec2.amazonaws.com' in s.services)", "true"),
        ("policy(trust).statements[0].conditions[0].key == 'aws:sourceaccount'", "true"),
        ("has(policy(trust).statements[0].sid) || has(policy(trust).version)", "false"),
        ("policy(trust) == policy(trust)", "true"),
        ("policy(trust).statements[0].reads == []", "unknown"),
        ("policy('{}').statements.exists(s, s.effect == 'Allow')", "unknown"),
        ("policy('x').statements.exists(s, s.effect == 'Allow')", "unknown"),
        ("policy('{\"Statement\": {}}').statements.size() == 0", "unknown"),
    ] {
        assert_eq!(decide(source), expected, "{source}");
    }
}

/// The tables of cel-go's `ext.Strings()`, and of CEL's specification.
#[test]
fn functions_of_texts_are_those_of_cel() {
    for (source, expected) in [
        ("'hello mellow'.indexOf('') == 0 && 'hello mellow'.indexOf('ello') == 1", "true"),
        ("'hello mellow'.indexOf('jello') == -1 && 'hello mellow'.indexOf('', 2) == 2", "true"),
        ("'ta©o©αT'.indexOf('©', 3) == 4 && 'ta©o©αT'.indexOf('©α', 5) == -1", "true"),
        ("'abc'.indexOf('', 3) == 3 && 'abc'.indexOf('', 20) == 3 && ''.indexOf('a') == -1", "true"),
        ("'hello mellow'.indexOf('ello', 20) == -1", "unknown"),
        ("'hello'.indexOf('o', 5) == -1 || ''.indexOf('o', 0) == -1", "unknown"),
        ("'abc'.indexOf('', -1) == 0 || 'abc'.indexOf('c', -1) == 0", "unknown"),
        ("['hello', 'mellow'].join() == 'hellomellow' && [].join() == '' && [].join('-') == ''", "true"),
        ("['hello', 'mellow'].join(' ') == 'hello mellow' && ['a'].join('-') == 'a'", "true"),
        ("['hello', 1].join() == ''", "unknown"),
        ("'TacoCÆt Xii'.lowerAscii() == 'tacocÆt xii' && 'TacoCÆt Xii'.upperAscii() == 'TACOCÆT XII'", "true"),
        ("'  \\ttrim\\t    '.trim() == 'trim' && '\\u0085\\u00a0\\u1680text'.trim() == 'text'", "true"),
        ("'hello hello'.replace('he', 'we') == 'wello wello'", "true"),
        ("'hello hello'.replace('he', 'we', -1) == 'wello wello'", "true"),
        ("'hello hello'.replace('he', 'we', 1) == 'wello hello'", "true"),
        ("'hello hello'.replace('he', 'we', 0) == 'hello hello'", "true"),
        ("'hello hello'.replace('', '_') == '_h_e_l_l_o_ _h_e_l_l_o_'", "true"),
        ("'hello hello'.replace('h', '') == 'ello ello' && 'aé'.replace('', '_', 2) == '_a_é'", "true"),
        ("'hello hello hello'.split(' ') == ['hello', 'hello', 'hello']", "true"),
        ("'hello hello hello'.split(' ', 0) == []", "true"),
        ("'hello hello hello'.split(' ', 1) == ['hello hello hello']", "true"),
        ("'hello hello hello'.split(' ', 2) == ['hello', 'hello hello']", "true"),
        ("'o©o©o©o'.split('©', -1) == ['o', 'o', 'o', 'o'] && ''.split(' ') == ['']", "true"),
        ("'a©c'.split('') == ['a', '©', 'c'] && 'a©c'.split('', 2) == ['a', '©c']", "true"),
        ("''.split('') == [] && 'ab'.split('', 3) == ['a', 'b'] && 'ab'.split('', 1) == ['ab']", "true"),
        ("'tacocat'.substring(4) == 'cat' && 'tacocat'.substring(7) == ''", "true"),
        ("'tacocat'.substring(0, 4) == 'taco' && 'ta©o©αT'.substring(2, 6) == '©o©α'", "true"),
        ("'tacocat'.substring(40) == ''", "unknown"),
        ("'tacocat'.substring(-1) == ''", "unknown"),
        ("'tacocat'.substring(1, 50) == ''", "unknown"),
        ("'tacocat'.substring(4, 3) == ''", "unknown"),
        ("'hubba'.matches('ubb') && matches('abcd', 'bc') && ''.matches('') && 'x'.matches('')", "true"),
        ("'hubba'.matches('^ubb') || 'é'.matches('^..$') || '٣'.matches('[[:digit:]]')", "false"),
        ("'é'.matches('^.$') && 'k1'.matches('(?i)^K\\\\d$')", "true"),
        ("'x'.matches('[') || 'x'.matches('(?<=x)')", "unknown"),
    ] {
        assert_eq!(decide(source), expected, "{source}");
    }
}
