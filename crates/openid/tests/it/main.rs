//! A provider is asked, and answers well or badly. Each bad answer differs from the good one in one thing.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod asking;
mod tokens;
mod trusting;

use identity_provider::{CLIENT, IdentityProvider, NAME, SECRET, asked};
use openid::{Answer, Failed, Identity, Provider, Question, Settings};

/// When it is, in seconds since 1970: 3 March 2026, 15:20.
const NOW: i64 = 1_772_551_200;
/// Where people are sent back to.
const BACK: &str = "https://lifestory.test/sign-in/single-sign-on/back";

/// A provider that answers, and the program's end of it.
async fn both() -> (IdentityProvider, Provider) {
    let there = IdentityProvider::start().await;
    let here = named(&there.issuer(), SECRET);
    (there, here)
}

fn named(issuer: &str, secret: &str) -> Provider {
    let [client, name, back] = [CLIENT, NAME, BACK].map(str::to_owned);
    Provider::new(Settings { issuer: issuer.to_owned(), client, secret: secret.to_owned(), name, back }).unwrap()
}

/// A question, as whoever asks makes one: the same each time, and with another letter another one.
fn question(letter: char, since: Option<i64>) -> Question {
    let random = |begins: char| format!("{begins}{}", letter.to_string().repeat(63));
    Question::new(random('n'), random('v'), since)
}

/// Asks, has somebody sign in there, and checks what the browser brings back.
async fn sign_in(there: &IdentityProvider, here: &Provider, subject: &str) -> Result<Identity, Failed> {
    sign_in_with(there, here, subject, question('a', None)).await
}

async fn sign_in_with(
    there: &IdentityProvider,
    here: &Provider,
    subject: &str,
    question: Question,
) -> Result<Identity, Failed> {
    let address = here.ready(NOW).await?.address("state", &question);
    let brought = there.sign_in(&address, subject, NOW);
    check(here, &brought, &question, NOW).await
}

/// Checks what a browser brings back, as a query.
async fn check(here: &Provider, brought: &str, question: &Question, now: i64) -> Result<Identity, Failed> {
    let said = asked(&format!("?{brought}"));
    let given = |name: &str| said.get(name).map(String::as_str);
    let answer = Answer { code: given("code").unwrap_or_default(), issuer: given("iss"), error: given("error") };
    here.check(answer, question, now).await
}
