//! Threads that parse and evaluate expressions: with a large stack, since cel's parser and evaluator call themselves. What
//! they do ends by itself: expressions are short, and what evaluating may cost is bounded ([`super::budget`]).

use std::num::NonZero;
use std::panic::resume_unwind;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, mpsc};

/// Stack of a thread; it is reserved, not used.
const STACK: usize = 256 << 20;
/// How many threads wait for more to do; any others end.
const IDLE: usize = 4;

/// Something to do.
type Job = Box<dyn FnOnce() + Send>;

/// Threads that wait for something to do: making one takes longer than judging a step.
static WAITING: Mutex<Vec<mpsc::Sender<Job>>> = Mutex::new(Vec::new());

/// Runs work that parses or evaluates expressions on a thread with a large stack.
///
/// # Errors
/// When it fails or the thread cannot be had.
pub fn on_a_thread<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, String> {
    let (sender, receiver) = mpsc::channel();
    // Whoever waited may have gone.
    begin(Box::new(move || drop(sender.send(work()))))?;
    receiver.recv().map_err(|_| failed())
}

/// Does the same work on each of some things, on one thread: a thread for each would cost more than the work. Behind one
/// that fails, another thread goes on.
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
        // What is finished is put down, and told of once: whoever waits is not woken for each.
        let finished: Arc<Mutex<Vec<T>>> = Arc::default();
        let (put, (end, ended)) = (Arc::clone(&finished), mpsc::channel());
        let begun = begin(Box::new(move || {
            for thing in &all[from..] {
                let one = work(thing);
                locked(&put).push(one);
            }
            // Whoever waited may have gone.
            let _ = end.send(());
        }));
        if let Err(why) = begun {
            done.extend((from..things.len()).map(|_| Err(why.clone())));
            break;
        }
        // Whether it came to its end or failed, the thread is done.
        let _ = ended.recv();
        done.extend(locked(&finished).drain(..).map(Ok));
        if done.len() < things.len() {
            done.push(Err(failed()));
        }
    }
    done
}

/// The same on as many threads as the machine has processors, each at its share of the things.
pub(crate) fn each_on_threads<I, T>(
    mut things: Vec<I>,
    work: impl Fn(&I) -> T + Send + Sync + 'static,
) -> Vec<Result<T, String>>
where
    I: Send + Sync + 'static,
    T: Send + 'static,
{
    let processors = std::thread::available_parallelism().map_or(1, NonZero::get);
    let share = things.len().div_ceil(processors).max(1);
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
        // Each thing has one outcome, in its place: a share without any would move all behind it.
        doing.into_iter().flat_map(|share| share.join().unwrap_or_else(|panic| resume_unwind(panic))).collect()
    })
}

/// Has a thread do something: one that waits, or a new one.
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

/// Nothing that holds the lock can fail half-way through a change.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn failed() -> String {
    "its expressions could not be evaluated".to_owned()
}
