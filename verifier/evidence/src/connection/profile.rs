//! Credentials from AWS profiles: access keys, IAM Identity Center, `aws login`, a `credential_process`, roles with a
//! source profile.

use aws_config::Region;
use aws_config::default_provider::region::DefaultRegionChain;
use aws_config::profile::{Profile, ProfileFileCredentialsProvider};
use aws_config::provider_config::ProviderConfig;
use aws_credential_types::provider::ProvideCredentials;
use aws_credential_types::provider::error::CredentialsError;
use aws_sdk_sts::error::ProvideErrorMetadata;
use aws_sdk_sts::operation::assume_role::AssumeRoleError;
use course::results::{Reason, ReasonCode};

use super::login;
use super::role::{self, MfaCodes};
use super::sdk::{CREDENTIALS, Connected, chain_of, exchange, loader, why, with_credentials};
use crate::bindings::Role;
use course::diagnostic::did_you_mean;

/// Connects to an account through an AWS profile.
///
/// # Errors
/// Why there are no credentials, with the command that gets them.
pub(super) async fn connect(account: &str, profile: &str, codes: &dyn MfaCodes) -> Result<Connected, Vec<Reason>> {
    let known = profiles().await.map_err(|message| why(account, ReasonCode::NoCredentials, message))?;
    let Some(found) = known.iter().find(|known| known.name() == profile) else {
        let hint = did_you_mean(profile, known.iter().map(Profile::name));
        let message =
            format!("There is no AWS profile `{profile}`{hint} Create it with `{}`.", login::command(profile));
        return Err(why(account, ReasonCode::NoCredentials, message.replace("` Create", "`. Create")));
    };
    // The SDK does not support MFA codes, so the role is assumed here, from its source profile.
    let with_code = found.get("role_arn").zip(found.get("mfa_serial")).zip(found.get("source_profile"));
    let Some(((arn, serial), source)) = with_code else {
        return credentials_of(account, found, &known).await;
    };
    let Some(source) = known.iter().find(|known| known.name() == source) else {
        let message = format!(
            "Profile `{profile}` has the source profile `{source}`, which does not exist: run `aws configure set \
             source_profile NAME --profile {profile}` with the name of one that does."
        );
        return Err(why(account, ReasonCode::NoCredentials, message));
    };
    let from = credentials_of(account, source, &known).await?;
    let role = Role {
        arn: arn.to_owned(),
        from: String::new(),
        external_id: found.get("external_id").map(str::to_owned),
        mfa_serial: Some(serial.to_owned()),
    };
    let base = format!("profile `{}`", source.name());
    let credentials = role::session(account, &base, &from, &role, codes).await?;
    let sdk = loader().profile_name(profile).region(region(profile).await).load().await;
    Ok(Connected { sdk: with_credentials(&sdk, credentials), sign_in: from.sign_in, practice: false })
}

/// Exchanges a profile's credentials with the SDK.
async fn credentials_of(account: &str, found: &Profile, known: &[Profile]) -> Result<Connected, Vec<Reason>> {
    let (profile, base) = (found.name(), base(found, known));
    // Only the profile: the SDK's default chain would prefer credentials in the environment.
    let config = ProviderConfig::without_region().with_region(Some(region(profile).await));
    let provider = ProfileFileCredentialsProvider::builder().configure(&config).profile_name(profile).build();
    let credentials = match exchange(provider.provide_credentials()).await {
        Ok(credentials) => credentials,
        Err(error) => {
            let denied = login::cause::<AssumeRoleError>(&error).and_then(|refused| refused.code());
            if let Some("AccessDenied" | "AccessDeniedException") = denied
                && let Some(arn) = found.get("role_arn")
            {
                let base = format!("profile `{}`", base.name());
                return Err(role::may_not_assume(account, &base, arn, found.get("external_id")));
            }
            let (code, message) = explain(profile, base, &error);
            return Err(why(account, code, message));
        }
    };
    let sdk = loader().profile_name(profile).load().await;
    Ok(Connected { sdk: with_credentials(&sdk, credentials), sign_in: renewal(base), practice: false })
}

/// How the credentials of a profile are renewed.
fn renewal(profile: &Profile) -> String {
    let name = profile.name();
    match sign_in_command(profile) {
        Some(command) => format!("Run `{command}`, then verify again."),
        None if profile.get("credential_process").is_some() => {
            format!("They come from the credential_process of profile `{name}`: renew what it uses, then verify again.")
        }
        None if profile.get("aws_session_token").is_some() => format!(
            "They are temporary, with a session token: get new ones where these came from, and enter them with \
             `aws configure --profile {name}` and `aws configure set aws_session_token TOKEN --profile {name}`, then verify \
             again."
        ),
        None => format!(
            "Make sure that the access key is active, under IAM → Users → Security credentials, or enter another one with \
             `aws configure --profile {name}`, then verify again."
        ),
    }
}

/// The profile that signs in: the one whose credentials assume this profile's role, or itself.
fn base<'p>(found: &'p Profile, known: &'p [Profile]) -> &'p Profile {
    let mut base = found;
    // A circle of source profiles has at most as many as there are profiles.
    for _ in known {
        let source = base.get("role_arn").and(base.get("source_profile")).filter(|source| *source != base.name());
        match source.and_then(|source| known.iter().find(|known| known.name() == source)) {
            Some(source) => base = source,
            None => break,
        }
    }
    base
}

/// The profile's region. Assuming a role requires a region, but any will do.
async fn region(profile: &str) -> Region {
    let region = DefaultRegionChain::builder().profile_name(profile).build().region().await;
    region.unwrap_or(Region::new("us-east-1"))
}

/// The AWS profiles of this machine.
async fn profiles() -> Result<Vec<Profile>, String> {
    let (fs, env) = (aws_types::os_shim_internal::Fs::real(), aws_types::os_shim_internal::Env::real());
    let files = aws_runtime::env_config::file::EnvConfigFiles::default();
    let set = aws_config::profile::load(&fs, &env, &files, None).await;
    let set = set.map_err(|error| format!("Your AWS configuration files cannot be read: {}.", chain_of(&error)))?;
    Ok(set.profiles().filter_map(|name| set.get_profile(name).cloned()).collect())
}

/// The names of the AWS profiles of this machine, in order.
pub async fn profile_names() -> Vec<String> {
    let mut names: Vec<String> =
        profiles().await.unwrap_or_default().iter().map(|profile| profile.name().to_owned()).collect();
    names.sort();
    names
}

/// The error in a profile's credentials, which are based on its own sign-in or on that of `base`, and the command that
/// fixes it.
fn explain(profile: &str, base: &Profile, error: &CredentialsError) -> (ReasonCode, String) {
    let words = chain_of(error);
    let unreachable = ["dispatch failure", "timed out", "timeout", "dns error", "connect error", "connection"];
    let signed_out = ["expired", "invalid_grant", "no cached", "not found in cache", "token", "sign in", "login"];
    let says = |marks: &[&str]| marks.iter().any(|mark| words.to_lowercase().contains(mark));
    if matches!(error, CredentialsError::ProviderTimedOut(_)) {
        let message = format!("Getting credentials for profile `{profile}` took longer than {CREDENTIALS:?}.");
        return (ReasonCode::Unreachable, message);
    }
    if says(&unreachable) && !says(&["expired"]) {
        let message = format!(
            "The credentials of profile `{profile}` could not be fetched: {words}. Make sure that this computer is connected to \
             the internet, that HTTPS_PROXY is right if it needs a proxy, and that the profile's region is not misspelt."
        );
        return (ReasonCode::Unreachable, message);
    }
    // If the sign-in is valid, but may not assume the role, signing in again does not help.
    let refused = login::cause::<AssumeRoleError>(error).is_some();
    if !refused && base.get("login_session").is_some() {
        return login::explain(base.name(), error);
    }
    if base.get("credential_process").is_some() {
        // The output of the learner's program may contain anything, so it is not shown.
        let message = format!("The credential_process of profile `{profile}` failed: run it by itself to see why.");
        return (ReasonCode::NoCredentials, message);
    }
    match sign_in_command(base).filter(|_| !refused) {
        Some(command) => {
            let message = format!("Profile `{}` is not signed in: run `{command}`, then verify again.", base.name());
            (ReasonCode::ExpiredCredentials, message)
        }
        None if says(&signed_out) => {
            let message = format!("The credentials of profile `{profile}` do not work: {words}. {}", renewal(base));
            (ReasonCode::ExpiredCredentials, message)
        }
        None if matches!(error, CredentialsError::CredentialsNotLoaded(_)) => {
            let message = format!(
                "Profile `{profile}` has no credentials: run `{}`, or `aws configure --profile {profile}` if you have access \
                 keys, then verify again.",
                login::command(profile)
            );
            (ReasonCode::NoCredentials, message)
        }
        None => (ReasonCode::NoCredentials, format!("Profile `{profile}` has no usable credentials: {words}.")),
    }
}

/// The command that signs in to a profile, if one does.
fn sign_in_command(profile: &Profile) -> Option<String> {
    let name = profile.name();
    if profile.get("sso_session").or(profile.get("sso_start_url")).is_some() {
        Some(format!("aws sso login --profile {name}"))
    } else if profile.get("login_session").is_some() {
        Some(login::command(name))
    } else {
        None
    }
}
