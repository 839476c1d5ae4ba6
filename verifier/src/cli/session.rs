//! What most commands start with: the course, its checks compiled, and the store that fits.

use anyhow::{Context, Result, bail};
use mdbook_verify::course::{Course, Step};
use mdbook_verify::results::{Reason, ReasonCode};
use std::collections::{BTreeMap, BTreeSet};
use std::io::{IsTerminal, Write};
use std::path::PathBuf;
use std::sync::Arc;

use super::{Common, Format, PracticeStart, notice};
use crate::account::Connected;
use crate::bindings::{self, Bindings};
use crate::evidence::{Section, time};
use crate::plan::{self, Compiled};
use crate::practice::{self, Start, World};
use crate::run::{self, Bench, Connection, Gathered};
use crate::store::Store;
use crate::{account, book};

pub(super) struct Session<'c> {
    pub(super) common: &'c Common,
    pub(super) root: PathBuf,
    pub(super) course: Arc<Course>,
    pub(super) compiled: Arc<Compiled>,
    pub(super) store: Store,
}

impl<'c> Session<'c> {
    /// Reads the course and compiles its checks.
    pub(super) fn open(common: &'c Common) -> Result<Session<'c>> {
        let root = book::find(common.course.as_deref())?;
        if common.trust_course {
            notice("This course is trusted: its own preprocessors, scripts and theme run with your rights.");
        }
        let course = Arc::new(book::read(&root, common.trust_course)?);
        let compiled = plan::compile(&course).map_err(|errors| plan::located(&course.root, errors))?;
        let store = Store::open(&root, common.practice.is_some())?;
        Ok(Session { common, root, course, compiled: Arc::new(compiled), store })
    }

    pub(super) fn practice(&self) -> bool {
        self.common.practice.is_some()
    }

    pub(super) fn bench(&self) -> Bench<'_> {
        let show_identifiers = self.common.show_identifiers;
        Bench { course: &self.course, compiled: &self.compiled, key: self.store.key(), show_identifiers }
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
    pub(super) async fn gather_plan(&self, plan: &BTreeMap<String, BTreeSet<Section>>) -> Result<Gathered> {
        let bindings = if self.practice() { Bindings::new() } else { self.bindings()? };
        if !self.practice() && bindings.is_empty() {
            bail!(
                "no AWS account is bound to this course yet.\n\
                 \n  verify accounts {}\n      binds your own, each to an AWS profile (make one with `aws login --profile NAME`)\
                 \n  verify --practice\n      tries the course on the practice account, without AWS",
                self.course.accounts.keys().map(|name| format!("{name}=PROFILE")).collect::<Vec<_>>().join(" ")
            );
        }
        let connections = match self.common.practice {
            Some(start) => self.practice_connections(start).await?,
            None => self.connections(plan, &bindings).await,
        };
        let expected = bindings.iter().filter_map(|(name, binding)| {
            let overridden = self.common.account.iter().any(|(account, _)| account == name);
            binding.account_id.clone().filter(|_| !overridden).map(|id| (name.clone(), id))
        });
        let expected = expected.collect();
        let shown = self.common.format == Format::Text && std::io::stderr().is_terminal();
        let progress = |done: usize, total: usize| {
            if shown {
                let mut err = std::io::stderr().lock();
                let _ = write!(err, "\r\x1b[KReading your accounts: {done} of {total}");
                let _ = err.flush();
            }
        };
        let gathered = tokio::select! {
            gathered = run::gather(plan, &connections, &expected, &progress) => gathered,
            _ = tokio::signal::ctrl_c() => bail!("interrupted; the results are as they were"),
        };
        if shown {
            let _ = write!(std::io::stderr(), "\r\x1b[K");
        }
        self.after_gathering(&bindings, &gathered)?;
        Ok(gathered)
    }

    /// Remembers the account ids seen for the first time, and warns of root.
    fn after_gathering(&self, bindings: &Bindings, gathered: &Gathered) -> Result<()> {
        let new = |(name, id): &(&String, &String)| {
            let bound = bindings.get(*name).is_some_and(|binding| binding.account_id.as_ref() != Some(*id));
            bound && !self.common.account.iter().any(|(account, _)| account == *name)
        };
        let new: Vec<(&String, &String)> = gathered.account_ids.iter().filter(new).collect();
        if !new.is_empty() && !self.practice() {
            bindings::update(&self.root, |bindings| {
                for (name, id) in new {
                    if let Some(binding) = bindings.get_mut(name) {
                        binding.account_id = Some(id.clone());
                    }
                }
            })?;
        }
        for account in &gathered.root_users {
            notice(&format!(
                "You are signed in to the {account} account as root, which can do anything. A role that can only read \
                 is enough: see the chapter “Let verify read your accounts”."
            ));
        }
        Ok(())
    }

    /// The bindings, with what `--account` says on top.
    fn bindings(&self) -> Result<Bindings> {
        let mut bindings = bindings::read(&self.root)?;
        for (name, profile) in &self.common.account {
            run::account_exists(&self.course, name)?;
            bindings.insert(name.clone(), bindings::Binding { profile: profile.clone(), account_id: None });
        }
        Ok(bindings)
    }

    async fn connections(
        &self,
        plan: &BTreeMap<String, BTreeSet<Section>>,
        bindings: &Bindings,
    ) -> BTreeMap<String, Connection> {
        let bound = bindings.iter().filter(|(name, _)| plan.contains_key(*name));
        let connecting = bound.map(async |(name, binding)| {
            let connection = match account::connect(name, &binding.profile).await {
                Ok(connected) => Connection::Sdk(Box::new(connected)),
                Err(reasons) => Connection::None(reasons),
            };
            (name.clone(), connection)
        });
        futures_util::future::join_all(connecting).await.into_iter().collect()
    }

    async fn practice_connections(&self, start: PracticeStart) -> Result<BTreeMap<String, Connection>> {
        let world = match start {
            PracticeStart::Fresh => World::open(Start::Fresh, &[], time::now_secs()).await?,
            PracticeStart::Done => World::open(Start::Done, &[], time::now_secs()).await?,
            PracticeStart::Taken => {
                World::open(Start::Fresh, &practice::log::read(&self.root)?, time::now_secs()).await?
            }
        };
        let connect = |name: &String| {
            let connection = match world.sdk_config(name).filter(|_| world.exists(name)) {
                Some(sdk) => Connection::Sdk(Box::new(Connected { sdk, sign_in: String::new() })),
                None => Connection::None(vec![Reason {
                    code: ReasonCode::NoCredentials,
                    account: Some(name.clone()),
                    action: None,
                    message: format!(
                        "The practice account has no {name} account yet. Open it: verify practice do account-created"
                    ),
                }]),
            };
            (name.clone(), connection)
        };
        Ok(self.course.accounts.keys().map(connect).collect())
    }
}
