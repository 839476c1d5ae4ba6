//! Lessons of every kind, and what is done in them.

use super::find;

/// The lines where outcomes are found, from 1.
fn lines(lesson: &str) -> Vec<usize> {
    let place = |at: usize| lesson[..at].lines().count() + usize::from(at == 0 || lesson[..at].ends_with('\n'));
    find(lesson).found.iter().map(|outcome| place(outcome.at)).collect()
}

#[test]
fn things_with_names_are_outcomes_without_a_verb() {
    let list = "# Archive\n\n## Setup\n\n- **A bucket for letters.** `letters-<you>`, private.\n- **A key.** Alias `letters-key`.\n\
        - **A rule.** Prefix `signed/` only.\n- **A queue.** `lost-letters`, for what fails.\n";
    assert_eq!(lines(list), [5, 6, 7, 8]);
    // The same list only describes where nothing has a name.
    let described = "# Archive\n\n## Setup\n\n- **A bucket.** It keeps objects.\n- **A key.** It encrypts them.\n\
        - **A rule.** It moves them.\n- **A queue.** It keeps messages.\n";
    assert_eq!(lines(described), [0; 0]);
    let prose = "# Net\n\n## The door\n\nCreate a VPC.\n\nAttach an internet gateway.\n\n## The springs\n\nFor every zone one public NAT gateway, with an \
        address of its own.\n\n## The pipes\n\nThree route tables, `private-a`, `private-b` and `private-c`.\n\n\
        `0.0.0.0/0` flows to the NAT gateway.\n";
    assert_eq!(lines(prose), [5, 7, 11, 15, 17]);
}

#[test]
fn tables_are_one_outcome_or_one_for_each_row() {
    let values = "# Net\n\n## The basin\n\n| Field | What to type |\n|---|---|\n| Name tag | `course-vpc` |\n| Range | `10.0.0.0/16` |\n\n\
        ## The door\n\nCreate an internet gateway.\n\n## The guard\n\nCreate a network ACL.\n";
    assert_eq!(lines(values), [5, 12, 16]);
    let switches = "# Money\n\n## Preferences\n\n| Preference | We want |\n|---|---|\n| Invoices | on |\n| Billing alerts | on |\n\
        | Free Tier alerts | – |\n";
    assert_eq!(lines(switches), [7, 8]);
    let compared = "# Factors\n\n## For whom\n\n| Who | Where | How many |\n|---|---|---|\n| Root user | there | eight |\n\
        | IAM user | here | eight |\n";
    assert_eq!(lines(compared), [0; 0]);
}

#[test]
fn commands_that_take_away_are_outcomes_each() {
    let lesson = "# Ghost\n\n## Haunt\n\n```sh\naws ecs create-cluster --cluster-name x\naws ecs create-service --cluster x\n```\n\n\
        ## Look\n\n```sh\naws ecs list-tasks --cluster x\n```\n\n## Rest\n\n```sh\naws ecs delete-service --service x\n\
        aws ecs delete-cluster --cluster x\n```\n";
    assert_eq!(lines(lesson), [5, 12, 19, 20]);
}

#[test]
fn what_a_heading_only_asks_or_announces_can_be_done() {
    let lesson = "# Hive\n\n## Who may write\n\nCreate the policy `hive-writes`.\n\n## Does it answer?\n\n```sh\ncurl -I http://$SITE\n```\n\n\
        ## What you need\n\n- A bucket `hive-data`\n";
    assert_eq!(lines(lesson), [5, 9]);
}

#[test]
fn a_sign_in_that_is_tried_and_what_is_refused_are_outcomes() {
    let lesson = "# Two\n\n## Root\n\nCreate an MFA device for root.\n\nThen sign out, and sign in again as root with the code. If it fails, \
        sign in with the other key.\n\n## Refused\n\nAttach the policy `no-s3` to the unit.\n\nOpen S3. The list is refused.\n";
    assert_eq!(lines(lesson), [5, 7, 11, 13]);
}

#[test]
fn remarks_questions_and_meanings_are_no_outcomes() {
    let lesson = "# Queues\n\n## Make\n\n- Create the queue `in-box`\n- Create the topic `out-box`\n- Note: the queue is deleted later\n\
        - Can the queue be renamed? No.\n- Dead-letter queue: where a message goes that nobody reads\n";
    assert_eq!(lines(lesson), [5, 6]);
}
