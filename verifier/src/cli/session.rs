//! What most commands start with: the course, its checks compiled, and the store that fits.

use anyhow::{Context, Result, bail};
use course::results::Results;
use course::terminal::{self, Lines, Text};
use course::{Course, Step};
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use super::mfa::Terminal;
use super::{Common, Format, PracticeStart, accounts, notice};
use crate::book;
use crate::cel;
use crate::compile;
use crate::enough::Deciding;
use crate::plan::Compiled;
use crate::report::plain;
use crate::run::{self, Bench};
use crate::store::Store;
use evidence::bindings::{self, Binding, Bindings};
use evidence::connection::{self, Connection};
use evidence::gather::{self, Gathered, Plan, SoFar};
use evidence::privileges::Power;
use evidence::time;
use practice::{self, PracticeCloud, Start};

pub(super) struct Session<'c> {
    pub(super) common: &'c Common,
    pub(super) root: PathBuf,
    pub(super) course: Arc<Course>,
    pub(super) compiled: Arc<Compiled>,
    pub(super) store: Store,
    /// The accounts whose credentials the learner was warned of.
    warned: Mutex<BTreeSet<String>>,
}

/// Reads the course, and opens the store that fits.
pub(super) fn read(common: &Common) -> Result<(Course, Store)> {
    let root = book::find(common.course.as_deref())?;
    if common.trust_course {
        notice("This course is trusted: its own preprocessors, scripts and theme run with your rights.");
    }
    let course = book::read(&root, common.trust_course)?;
    Ok((course, Store::open(&root, common.practice.is_some())?))
}

impl<'c> Session<'c> {
    /// Reads the course and compiles its checks.
    pub(super) fn open(common: &'c Common) -> Result<Session<'c>> {
        Session::open_for(common, &[])
    }

    /// Reads the course and compiles the checks of these steps alone; those of all steps without one.
    pub(super) fn open_for(common: &'c Common, steps: &[String]) -> Result<Session<'c>> {
        cel::warm_up();
        let (course, store) = read(common)?;
        let (root, course) = (course.root.clone(), Arc::new(course));
        let compiled = match steps {
            [] => compile::compile(&course),
            steps => compile::compile_steps(&course, &run::select(&course, steps)?),
        };
        let compiled = compiled.map_err(|errors| compile::located(&course.root, errors))?;
        Ok(Session { common, root, course, compiled: Arc::new(compiled), store, warned: Mutex::default() })
    }

    pub(super) fn practice(&self) -> bool {
        self.common.practice.is_some()
    }

    /// Judges for the store: what is kept is masked.
    pub(super) fn bench(&self) -> Bench<'_> {
        Bench { course: &self.course, compiled: &self.compiled, key: self.store.key(), show_identifiers: false }
    }

    /// Results as they are shown this time: with `--show-identifiers`, the steps are judged once more in plain words,
    /// which are kept nowhere.
    pub(super) fn shown(&self, steps: &[&Step], gathered: &Gathered, mut results: Results) -> Results {
        if self.common.show_identifiers {
            Bench { show_identifiers: true, ..self.bench() }.judge(steps, gathered, &mut results);
        }
        results
    }

    /// A step by its id.
    pub(super) fn step(&self, id: &str) -> Result<&Step> {
        run::select(&self.course, &[id.to_owned()])?;
        self.course.step(id).context("the step is gone")
    }

    /// Gathers the evidence that these steps need.
    pub(super) async fn gather(&self, steps: &[&Step]) -> Result<Gathered> {
        self.gather_plan(&self.compiled.plan(&self.course, steps.iter().copied())).await
    }

    /// Gathers a plan's evidence. Interrupted, nothing is written.
    pub(super) async fn gather_plan(&self, plan: &Plan) -> Result<Gathered> {
        let connections = self.connect(plan.keys()).await?;
        self.read_until_interrupted(plan, &connections).await
    }

    /// Reads a plan's evidence through these connections. Interrupted, nothing is written.
    pub(super) async fn read_until_interrupted(
        &self,
        plan: &Plan,
        connections: &BTreeMap<String, Connection>,
    ) -> Result<Gathered> {
        tokio::select! {
            // In this order, so that Ctrl-C is heard before the first call goes out.
            biased;
            _ = tokio::signal::ctrl_c() => bail!("interrupted; the results are as they were"),
            gathered = self.read(plan, connections) => gathered,
        }
    }

    /// Exchanges the credentials of these accounts.
    pub(super) async fn connect(
        &self,
        accounts: impl IntoIterator<Item = &String>,
    ) -> Result<BTreeMap<String, Connection>> {
        if let Some(start) = self.common.practice {
            return self.practice_connections(start).await;
        }
        let bindings = self.bindings()?;
        if bindings.is_empty() {
            bail!(Lines(format!(
                "no AWS account is bound to this course yet.\n\
                 \n  verify accounts {}\n      binds your own, each to an AWS profile (make one with `aws login --profile NAME`)\
                 \n  verify --practice\n      tries the course on the practice account, without AWS",
                self.course.accounts.keys().map(|name| plain(&format!("{name}=PROFILE"))).collect::<Vec<_>>().join(" ")
            )));
        }
        Ok(connection::connect(&bindings, accounts, &Terminal::default()).await)
    }

    /// Reads a plan's evidence through these connections, and shows in the terminal how far it is.
    pub(super) async fn read(&self, plan: &Plan, connections: &BTreeMap<String, Connection>) -> Result<Gathered> {
        let shown = self.common.format == Format::Text && terminal::shows_progress();
        let progress = |so_far: &SoFar<'_>| {
            if shown {
                show(so_far);
            }
        };
        self.read_telling(plan, connections, &progress).await
    }

    /// Reads a plan's evidence through these connections and tells as it arrives; remembers the account ids that were seen for the first time,
    /// and warns of credentials that can do more than read.
    pub(super) async fn read_telling(
        &self,
        plan: &Plan,
        connections: &BTreeMap<String, Connection>,
        progress: &(dyn Fn(&SoFar<'_>) + Sync),
    ) -> Result<Gathered> {
        let bindings = if self.practice() { Bindings::new() } else { self.bindings()? };
        let expected = bindings.iter().filter_map(|(name, binding)| Some((name.clone(), binding.account_id.clone()?)));
        let expected = expected.collect();
        let deciding = Arc::new(Deciding::new(&self.bench(), plan));
        let progress = |so_far: &SoFar<'_>| {
            deciding.note(so_far);
            progress(so_far);
        };
        let gathered = gather::gather(plan, connections, &expected, &progress, Some(deciding.question())).await;
        self.remember_ids(&bindings, &gathered)?;
        self.warn_of_power(&gathered);
        Ok(gathered)
    }

    /// Remembers the account ids that were seen for the first time behind a binding.
    fn remember_ids(&self, bindings: &Bindings, gathered: &Gathered) -> Result<()> {
        let new = |(name, id): &(&String, &String)| {
            let bound = bindings.get(*name).is_some_and(|binding| binding.account_id.as_ref() != Some(*id));
            bound && !self.common.account.iter().any(|(account, _)| account == *name)
        };
        let new: Vec<(&String, &String)> = gathered.account_ids.iter().filter(new).collect();
        if new.is_empty() {
            return Ok(());
        }
        bindings::update(&self.root, |bindings| {
            for (name, id) in new {
                if let Some(binding) = bindings.get_mut(name) {
                    binding.account_id = Some(id.clone());
                }
            }
            Ok(())
        })
    }

    /// Says once for each account that its credentials can do anything.
    fn warn_of_power(&self, gathered: &Gathered) {
        for account in gathered.account_ids.keys() {
            let who = match gathered.power(account) {
                Some(Power::Root) => "as root",
                Some(Power::Administrator) => "with an administrator's credentials",
                None => continue,
            };
            if self.warned.lock().unwrap_or_else(PoisonError::into_inner).insert(account.clone()) {
                notice(&format!(
                    "You are signed in to the {account} account {who}, which can do anything. A role that can only read \
                     is enough: `verify policy {account}` prints its policy, and the chapter “Let verify read your \
                     accounts” shows the way."
                ));
            }
        }
    }

    /// The bindings, with what `--account` says on top.
    pub(super) fn bindings(&self) -> Result<Bindings> {
        let mut bindings = bindings::read(&self.root)?;
        for (name, source) in &self.common.account {
            run::account_exists(&self.course, name)?;
            let source = accounts::source(&self.course, name, source, &Default::default())?;
            bindings.insert(name.clone(), Binding { source, account_id: None });
        }
        Ok(bindings)
    }

    async fn practice_connections(&self, start: PracticeStart) -> Result<BTreeMap<String, Connection>> {
        let (start, taken) = match start {
            PracticeStart::Fresh => (Start::Fresh, Vec::new()),
            PracticeStart::Done => (Start::Done, Vec::new()),
            PracticeStart::Taken => (Start::Fresh, practice::log::read(&self.root)?),
        };
        let world = PracticeCloud::open(start, &taken, &self.course.params, time::now_secs()).await?;
        Ok(world.connections(self.course.accounts.keys()))
    }
}

/// Shows in the terminal how far gathering has come, until it is done.
fn show(so_far: &SoFar<'_>) {
    let (read, of) = so_far.count();
    match read {
        all if all >= of => terminal::progress(None),
        read => terminal::progress(Some(&Text::line(&format!("Reading your accounts: {read} of {of}")))),
    }
}
