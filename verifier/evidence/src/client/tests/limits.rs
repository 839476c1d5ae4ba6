//! An answer with too many entries is not used.

use serde_json::{Value, json};

use super::Aws;
use crate::client::Failure;

#[tokio::test]
async fn more_entries_than_a_course_can_use_are_no_answer() {
    let page = |at: usize| {
        let names: Vec<Value> = (0..1000).map(|entry| json!(format!("table-{at}-{entry}"))).collect();
        json!({ "TableNames": names, "LastEvaluatedTableName": format!("table-{at}-999") }).to_string().into_bytes()
    };
    let aws = Aws::new(move |_, at| (200, vec![], page(at)));
    let Err(Failure::Failed { code: None, reasons }) = aws.read("dynamodb:ListTables", "eu-west-1", json!({})).await
    else {
        panic!("it is no answer");
    };
    assert_eq!(
        reasons[0].message,
        "The response to dynamodb:ListTables in eu-west-1 has more entries than verify reads."
    );
    assert_eq!(aws.sent().len(), 21);
}
