//! Values of different kinds, which are never compared by mistake.

use super::decide;

#[test]
fn a_text_and_a_number_are_not_compared() {
    let cases = [
        // AWS writes many numbers, and `true`, as texts in documents.
        ("json('{\"n\":\"10\"}').n == 10", "unknown"),
        ("json('{\"n\":\"10\"}').n != 10", "unknown"),
        ("json('{\"n\":\"10\"}').n == '10'", "true"),
        ("json('{\"n\":10}').n == 10", "true"),
        ("json('{\"n\":10}').n != 10.0", "false"),
        ("json('{\"n\":10}').n != '10'", "unknown"),
        ("json('{\"on\":\"true\"}').on != true", "unknown"),
        ("json('{\"on\":true}').on != 1", "unknown"),
        ("10 in json('{\"n\":[\"10\"]}').n", "unknown"),
        ("!(10 in json('{\"n\":[\"9\", 9]}').n)", "unknown"),
        ("json('{\"n\":\"10\"}').n in ['10', 10]", "true"),
        ("'b' in json('{\"n\":[\"a\"]}').n", "false"),
        // Of a check that allows for both, the one that applies decides.
        ("json('{\"n\":\"10\"}').n == 10 || json('{\"n\":\"10\"}').n == '10'", "true"),
        // What is not a single value is just not the same: a policy has one action, or a list.
        ("json('{\"Action\":[\"s3:*\"]}').Action == 's3:*'", "false"),
        ("json('{\"n\":null}').n == null", "true"),
        ("json('{\"n\":1}').n == null", "false"),
        // The same within lists and maps, unless something else differs.
        ("{'a': 1} == {'a': '1'}", "unknown"),
        ("{'a': 1, 'b': 2} != {'a': '1', 'b': 3}", "true"),
        ("{'a': 1, 'b': 2} != {'a': '1', 'c': 2}", "true"),
        ("json('{\"n\":[\"10\"]}').n == [10]", "unknown"),
        ("json('{\"n\":[\"10\"]}').n != [10]", "unknown"),
        ("json('{\"n\":[\"10\", \"9\"]}').n != [10]", "true"),
        ("json('{\"n\":[\"10\", \"a\"]}').n == [10, 'b']", "false"),
        ("json('{\"n\":{\"port\":\"22\"}}').n == {'port': 22}", "unknown"),
        ("json('{\"n\":{\"port\":\"22\"}}').n == {'port': '22'}", "true"),
        ("json('{\"n\":{\"port\":\"22\"}}').n != json('{\"port\":22}')", "unknown"),
        ("json('{\"n\":{\"port\":22}}').n == json('{\"port\":22}')", "true"),
        ("json('{\"port\":\"22\"}') in [{'port': 22}]", "unknown"),
        ("json('{\"port\":\"22\"}') in [{'port': 22}, {'port': '22'}]", "true"),
        ("now - timestamp(json('{\"t\":\"2026-01-01T00:00:00Z\"}').t) != 5", "unknown"),
        // Numbers that are texts have no order of their own.
        ("json('{\"n\":\"30\"}').n < '9'", "unknown"),
        ("json('{\"n\":\"30\"}').n >= '9'", "unknown"),
        ("json('{\"n\":\"30\"}').n > '29'", "true"),
        ("int(json('{\"n\":\"30\"}').n) < 9", "false"),
        ("'2026-01-30' < '2026-02-09'", "true"),
        ("'b' < 'a'", "false"),
    ];
    for (expression, decided) in cases {
        assert_eq!(decide(expression), decided, "{expression}");
    }
}
