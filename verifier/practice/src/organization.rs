//! The organization of the practice accounts: its emulator, and which accounts are in it.

use std::sync::{Mutex, MutexGuard, PoisonError};
use winterbaume_organizations::OrganizationsService;

/// The organization of the practice accounts.
#[derive(Default)]
pub(super) struct Organization {
    pub(super) emulator: OrganizationsService,
    members: Mutex<Members>,
}

/// The places of the accounts in the organization.
#[derive(Default, Clone)]
pub(super) struct Members {
    pub(super) management: Option<usize>,
    pub(super) others: Vec<usize>,
}

impl Members {
    /// Whether the account at a place is a member.
    pub(super) fn has(&self, at: usize) -> bool {
        self.management == Some(at) || self.others.contains(&at)
    }
}

impl Organization {
    /// Which accounts are in it.
    pub(super) fn members(&self) -> MutexGuard<'_, Members> {
        self.members.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
