//! Values of different kinds, which are never compared by mistake.

use super::assert_decided;

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
        // AWS writes one value, or a list of one, and means the same.
        ("json('{\"Action\":[\"s3:*\"]}').Action == 's3:*'", "unknown"),
        ("json('{\"Action\":[\"s3:*\"]}').Action != 's3:*'", "unknown"),
        ("json('{\"Action\":\"s3:*\"}').Action in ['s3:*', 's3:Get*']", "true"),
        ("json('{\"Action\":[\"s3:*\"]}').Action in ['s3:*', 's3:Get*']", "unknown"),
        ("json('{\"Principal\":{\"AWS\":\"*\"}}').Principal != '*'", "unknown"),
        ("json('{\"Principal\":{\"AWS\":\"*\"}}').Principal != ['*']", "unknown"),
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
        // The same for the keys of maps.
        ("30 in {'30': 'a', '60': 'b'}", "unknown"),
        ("!(443 in json('{\"443\":true}'))", "unknown"),
        ("'443' in json('{\"443\":true}')", "true"),
        ("'80' in json('{\"443\":true}')", "false"),
        ("'443' in {443: 'https'}", "unknown"),
        ("443u in {443: 'https'} && !(80 in {443: 'https'})", "true"),
        ("443 in {'443': 1, 443: 2}", "true"),
        ("1.5 in {1: 'a'}", "unknown"),
        ("{443: true} == json('{\"443\":true}')", "unknown"),
        ("{30: 1} == {30u: 1} && {true: 1} != {false: 1} && {'a': 1} != {}", "true"),
        // One number may be written in several ways, and numbers within texts have an order of their own.
        ("json('{\"n\":\"10.0\"}').n == '10'", "unknown"),
        ("json('{\"n\":\"10.0\"}').n in ['10']", "unknown"),
        ("'10.5' == '10' || 'a' == 'b' || '' == '0'", "false"),
        ("'12345678901234567890' == '12345678901234567891'", "false"),
        ("double('NaN') != 1.0", "unknown"),
        ("json('{\"v\":\"python3.9\"}').v >= 'python3.12'", "unknown"),
        ("json('{\"v\":\"python3.13\"}').v >= 'python3.12'", "true"),
        ("'8.0.9' >= '8.0.35'", "unknown"),
        ("'8.0.39' >= '8.0.35' && '9 GB' > '8 GB' && 'a1b02' < 'a1b10'", "true"),
        ("'é9' < 'è1'", "false"),
        ("json('{\"n\":\"30\"}').n < '9'", "unknown"),
        ("json('{\"n\":\"30\"}').n >= '9'", "unknown"),
        ("json('{\"n\":\"30\"}').n > '29'", "true"),
        ("int(json('{\"n\":\"30\"}').n) < 9", "false"),
        ("'2026-01-30' < '2026-02-09'", "true"),
        ("'b' < 'a'", "false"),
    ];
    assert_decided(&cases);
}
