//! Threads with a large stack for parsing and evaluating expressions, because cel's parser and evaluator are recursive.
//! Their work always ends: the length of expressions and the cost of evaluating them are limited ([`super::budget`]).

use course::parallel;
use std::panic::resume_unwind;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, mpsc};

/// The stack size of a thread. It is reserved, but not used until it is needed.
const STACK: usize = 256 << 20;
/// How many idle threads are kept. The others end.
const IDLE: usize = 4;

/// A task for a thread.
type Job = Box<dyn FnOnce() + Send>;

/// Idle threads. Creating a thread takes longer than judging a step.
static WAITING: Mutex<Vec<mpsc::Sender<Job>>> = Mutex::new(Vec::new());

/// Parses or evaluates expressions on a thread with a large stack.
///
/// # Errors
/// When the work panics, or no thread can be created.
pub fn on_a_thread<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, String> {
    let (sender, receiver) = mpsc::channel();
    // The caller may be gone.
    begin(Box::new(move || drop(sender.send(work()))))?;
    receiver.recv().map_err(|_| failed())
}

/// Does the same work for each item, on one thread: a thread for each would cost more than the work. If the work panics
/// for an item, another thread continues after it.
pub(crate) fn each_on_a_thread<I, T>(
    things: Vec<I>,
    work: impl Fn(&I) -> T + Send + Sync + 'static,
) -> Vec<Result<T, String>>
where
    I: Send + Sync + 'static,
    T: Send + 'static,
{
    let (things, work) = (Arc::new(things), Arc::new(work));
    let mut done = Vec::with_capacity(things.len());
    while done.len() < things.len() {
        let (all, work, from) = (Arc::clone(&things), Arc::clone(&work), done.len());
        // The results are sent together at the end, so that the caller is not woken for each.
        let finished: Arc<Mutex<Vec<T>>> = Arc::default();
        let (put, (end, ended)) = (Arc::clone(&finished), mpsc::channel());
        let begun = begin(Box::new(move || {
            for thing in &all[from..] {
                let one = work(thing);
                locked(&put).push(one);
            }
            // The caller may be gone.
            let _ = end.send(());
        }));
        if let Err(why) = begun {
            done.extend((from..things.len()).map(|_| Err(why.clone())));
            break;
        }
        // The thread is finished, whether the work panicked or not.
        let _ = ended.recv();
        done.extend(locked(&finished).drain(..).map(Ok));
        if done.len() < things.len() {
            done.push(Err(failed()));
        }
    }
    done
}

/// Does the same with as many threads as there are processors. Each takes a share of the items.
pub(crate) fn each_on_threads<I, T>(
    mut things: Vec<I>,
    work: impl Fn(&I) -> T + Send + Sync + 'static,
) -> Vec<Result<T, String>>
where
    I: Send + Sync + 'static,
    T: Send + 'static,
{
    let share = things.len().div_ceil(parallel::processors()).max(1);
    let work = Arc::new(work);
    let mut shares = Vec::new();
    while !things.is_empty() {
        shares.push(things.drain(..share.min(things.len())).collect());
    }
    let on_a_thread = |share| {
        let work = Arc::clone(&work);
        move || each_on_a_thread(share, move |thing| work(thing))
    };
    std::thread::scope(|scope| {
        let doing: Vec<_> = shares.into_iter().map(|share| scope.spawn(on_a_thread(share))).collect();
        // Each item has one result in its place. An incomplete share would move all results after it.
        doing.into_iter().flat_map(|share| share.join().unwrap_or_else(|panic| resume_unwind(panic))).collect()
    })
}

/// Gives a task to an idle thread, or to a new one.
pub(super) fn begin(job: Job) -> Result<(), String> {
    let waiting = locked(&WAITING).pop();
    match waiting {
        None => spawn(job),
        Some(thread) => thread.send(job).or_else(|mpsc::SendError(job)| spawn(job)),
    }
}

fn spawn(job: Job) -> Result<(), String> {
    let (sender, receiver) = mpsc::channel::<Job>();
    let work = move || {
        job();
        loop {
            let mut waiting = locked(&WAITING);
            if waiting.len() >= IDLE {
                return;
            }
            waiting.push(sender.clone());
            drop(waiting);
            match receiver.recv() {
                Ok(job) => job(),
                Err(mpsc::RecvError) => return,
            }
        }
    };
    let thread = std::thread::Builder::new().name("cel".into()).stack_size(STACK).spawn(work);
    thread.map(drop).map_err(|error| format!("no thread for the expressions: {error}"))
}

/// Locks the queue. Poisoning is ignored, because no holder of the lock can panic in the middle of a change.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn failed() -> String {
    "its expressions could not be evaluated".to_owned()
}
