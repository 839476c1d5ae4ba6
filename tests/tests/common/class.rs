//! A simulated class: an AWS on loopback with an account for each learner, a course of two steps, and an instructor's
//! machine.

use super::{Answer, Machine, Request, denied, identity, xml};
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// The kinds of learners.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Done,
    Half,
    /// The role may not read the account's name.
    Denied,
    /// The role cannot be assumed.
    NoRole,
    /// The account throttles the first calls.
    Throttled,
    /// The account fails twice before it answers.
    Failing,
}

/// The kind of the learner in a row of the roster.
pub fn kind(row: usize) -> Kind {
    match row % 25 {
        3 => Kind::Denied,
        7 => Kind::NoRole,
        11 => Kind::Throttled,
        18 => Kind::Failing,
        other if other % 2 == 0 => Kind::Done,
        _ => Kind::Half,
    }
}

/// A learner's name, which must be escaped in a file name.
pub fn name(row: usize) -> String {
    format!("learner {row:04}")
}

/// A learner's AWS account.
pub fn account(row: usize) -> String {
    format!("{:012}", 100_000_000_000 + row)
}

pub fn role(row: usize) -> String {
    format!("arn:aws:iam::{}:role/verify", account(row))
}

/// A roster of these rows.
pub fn roster(rows: impl IntoIterator<Item = usize>) -> String {
    let rows = rows.into_iter().map(|row| format!("{},{}\n", name(row), role(row)));
    std::iter::once("learner,mine\n".to_owned()).chain(rows).collect()
}

/// The requests to an account.
#[derive(Debug, Default, Clone, Copy)]
pub struct Asked {
    pub assumed: usize,
    pub named: usize,
}

/// The AWS of the class.
#[derive(Debug, Default)]
pub struct Aws {
    pub asked: Mutex<BTreeMap<String, Asked>>,
    pub connections: AtomicUsize,
    pub requests: AtomicUsize,
    /// Whether requests are recorded.
    pub keeps: AtomicBool,
    pub kept: Mutex<Vec<String>>,
}

impl Aws {
    /// How often each account's role was assumed.
    pub fn assumed(&self) -> BTreeMap<String, usize> {
        self.asked.lock().unwrap().iter().map(|(account, asked)| (account.clone(), asked.assumed)).collect()
    }

    fn answer(&self, request: &Request) -> Answer {
        self.requests.fetch_add(1, Ordering::Relaxed);
        let assumes = request.body.contains("Action=AssumeRole");
        // Both contain the account: the role's ARN, and the access key that was issued for it.
        let (text, mark) = match assumes {
            true => (request.body.as_str(), "iam%3A%3A"),
            false => (request.header("authorization"), "Credential=ASIA"),
        };
        let Some(account) = text.split_once(mark).and_then(|(_, rest)| rest.get(..12)) else { return denied() };
        let row: usize = account.parse::<usize>().unwrap() - 100_000_000_000;
        // A typical latency. Only this connection waits.
        std::thread::sleep(Duration::from_millis(row as u64 % 4));
        let before = {
            let mut asked = self.asked.lock().unwrap();
            let asked = asked.entry(account.to_owned()).or_default();
            let before = *asked;
            asked.assumed += usize::from(assumes);
            asked.named += usize::from(request.path() == "/getAccountInformation");
            before
        };
        let is = |action: &str| request.body.contains(&format!("Action={action}"));
        match kind(row) {
            Kind::NoRole if assumes => denied(),
            _ if assumes => xml(&format!(
                "<AssumeRoleResponse><AssumeRoleResult><Credentials><AccessKeyId>ASIA{account}</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken><Expiration>2099-01-01T00:00:00Z</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>"
            )),
            _ if is("GetCallerIdentity") => identity(account, "assumed-role/verify/mdbook-verify"),
            kind if is("GetAccountSummary") => xml(&format!(
                "<GetAccountSummaryResponse><GetAccountSummaryResult><SummaryMap><entry><key>AccountMFAEnabled</key><value>{}</value></entry></SummaryMap></GetAccountSummaryResult></GetAccountSummaryResponse>",
                u8::from(kind != Kind::Half)
            )),
            _ if is("ListVirtualMFADevices") => xml(
                "<ListVirtualMFADevicesResponse><ListVirtualMFADevicesResult><IsTruncated>false</IsTruncated><VirtualMFADevices/></ListVirtualMFADevicesResult></ListVirtualMFADevicesResponse>",
            ),
            Kind::Denied => json(403, r#"{"__type": "AccessDeniedException", "message": "no"}"#),
            Kind::Throttled if before.named < 1 => {
                json(429, r#"{"__type": "TooManyRequestsException", "message": "slow"}"#)
            }
            Kind::Failing if before.named < 2 => json(500, r#"{"__type": "InternalServerException", "message": "oh"}"#),
            _ => json(
                200,
                &format!(
                    r#"{{"AccountId": "{account}", "AccountName": "class-production", "AccountCreatedDate": "2026-01-01T00:00:00Z", "AccountState": "ACTIVE"}}"#
                ),
            ),
        }
    }
}

fn json(status: u16, body: &str) -> Answer {
    (status, "content-type: application/json".to_owned(), body.to_owned())
}

/// Starts the AWS of a class. Like AWS, it keeps connections open. It ends with the test.
pub fn aws() -> (Arc<Aws>, String) {
    let listener = TcpListener::bind(SocketAddr::from(([127, 0, 0, 1], 0))).unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let aws = Arc::new(Aws::default());
    let answering = Arc::clone(&aws);
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let aws = Arc::clone(&answering);
            aws.connections.fetch_add(1, Ordering::Relaxed);
            std::thread::spawn(move || converse(&aws, stream));
        }
    });
    (aws, url)
}

/// Answers the requests of a connection until it ends.
fn converse(aws: &Aws, stream: TcpStream) {
    stream.set_nodelay(true).unwrap();
    let mut reader = BufReader::new(stream);
    loop {
        let (mut head, mut line, mut length) = (String::new(), String::new(), 0);
        loop {
            line.clear();
            match reader.read_line(&mut line) {
                Ok(0) | Err(_) => return,
                Ok(2) => break,
                Ok(_) => {}
            }
            if let Some(value) = line.to_lowercase().strip_prefix("content-length:") {
                length = value.trim().parse().unwrap_or(0);
            }
            head.push_str(&line);
        }
        let mut body = vec![0; length];
        if reader.read_exact(&mut body).is_err() {
            return;
        }
        let request = Request { head, body: String::from_utf8_lossy(&body).into_owned() };
        if aws.keeps.load(Ordering::Relaxed) {
            aws.kept.lock().unwrap().push(format!("{}\r\n{}", request.head, request.body));
        }
        let (status, headers, body) = aws.answer(&request);
        let answer = format!("HTTP/1.1 {status} Answer\r\n{headers}\r\ncontent-length: {}\r\n\r\n{body}", body.len());
        if reader.get_mut().write_all(answer.as_bytes()).is_err() {
            return;
        }
    }
}

/// An instructor's machine, with a course of two steps.
pub fn instructor(url: &str) -> Machine {
    let mut machine = Machine::empty();
    let accounts = "teacher = \"The instructor's account\"\nmine = \"Your account\"\n";
    machine.write("book.toml", &format!("[book]\ntitle = \"A class\"\n\n[preprocessor.verify.accounts]\n{accounts}"));
    machine.write("src/SUMMARY.md", "- [Begin](begin.md)\n");
    machine.write(
        "src/begin.md",
        "# Begin\n\n- [ ] Root has MFA <!-- verify: root-mfa -->\n- [ ] The account has its name <!-- verify: account-name -->\n",
    );
    machine.write(
        "checks/root-mfa.toml",
        "title = \"Root has MFA\"\naccount = \"mine\"\n\n[[expect]]\nthat = \"root.mfa\"\nfix = \"Turn it on.\"\n",
    );
    machine.write(
        "checks/account-name.toml",
        "title = \"A name\"\naccount = \"mine\"\n\n[[expect]]\nthat = \"account.name.endsWith('-production')\"\nmet = \"It is {account.name}.\"\nfix = \"Rename it.\"\n",
    );
    machine.bind(&[("teacher", "AKIATEACHER", "secret", "")]);
    machine.set("AWS_ENDPOINT_URL", url);
    machine.set("AWS_MAX_ATTEMPTS", "2");
    machine
}
