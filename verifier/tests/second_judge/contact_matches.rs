//! `contact-matches`: "Use same name, address, and billing info."
//!
//! People regard names and addresses as the same if they differ only in case, spaces, Unicode representation or
//! invisible characters, and addresses also if their parts are on other lines. So this judge generates words with
//! several spellings, and compares the words.

use crate::common::{GENERAL, PRODUCTION};
use evidence::Section;
use evidence::contact::{self, ContactInformation};
use proptest::prelude::*;

use super::answer::{Answer, Ruling};
use super::court::{Change, Court, Evidence, agree, change, each, section, unmoved};
use super::model::{Field, Known, Unread, field};

/// Words, each with its spellings.
const WORDS: &[&[&str]] = &[
    &["Lee", "LEE", "lee", "\u{ff2c}\u{ff25}\u{ff25}"],
    &["Leé", "LEE\u{301}"],
    &["1", "\u{ff11}"],
    &["l", "L"],
    &["École", "E\u{301}cole", "ÉCOLE", "e\u{301}COLE"],
    &["fin", "\u{fb01}n", "FIN"],
    &["Straße", "STRASSE", "STRA\u{1e9e}E"],
    &["Σίσυφος", "ΣΊΣΥΦΟΣ", "σίσυφοσ"],
    &["İzmir", "I\u{307}zmir", "i\u{307}ZMIR"],
    &["Ångström", "A\u{30a}NGSTRO\u{308}M", "\u{212b}ngström"],
    &["London", "LONDON", "Lon\u{ad}don", "\u{200b}London", "\u{200e}London", "London\u{feff}"],
    &["Londonderry"],
    &["Ha Noi", "HA  NOI"],
    &["HaNoi"],
    &["12345"],
    &["12346"],
];
const SPACES: &[&str] = &[" ", "  ", "\u{a0}", "\t", "\u{3000}", "\u{202f}", " \u{2060}"];
const PADDING: &[&str] = &["", " ", "\u{a0}", "\u{200b}", "\u{200e}"];

/// A line: its words, each in one of its spellings, with separators.
#[derive(Debug, Clone)]
struct Line {
    words: Vec<(usize, prop::sample::Index)>,
    space: &'static str,
    padding: &'static str,
}

impl Line {
    fn text(&self) -> String {
        let words = self.words.iter().map(|(word, spelling)| *spelling.get(WORDS[*word]));
        format!("{}{}{}", self.padding, words.collect::<Vec<_>>().join(self.space), self.padding)
    }

    fn words(&self) -> Vec<usize> {
        self.words.iter().map(|(word, _)| *word).collect()
    }
}

#[derive(Debug, Clone)]
struct Contact {
    name: Line,
    line: Line,
    more: Vec<Option<Line>>,
    city: Line,
    region: Vec<Option<Line>>,
    postal_code: Line,
    country: &'static str,
    company: Option<Line>,
}

#[derive(Debug, Clone)]
struct State {
    general: Field<Contact>,
    production: Field<Contact>,
}

fn judge(state: &State) -> Answer {
    let same = |parts: fn(&Contact) -> Option<Vec<Vec<usize>>>| {
        state.general.is(|one| {
            state.production.is(|other| match (parts(one), parts(other)) {
                (Some(one), Some(other)) => Answer::of(one == other),
                // A field that every account has is missing.
                _ => Answer::CantTell,
            })
        })
    };
    same(|contact| required([&contact.name])).and(same(address))
}

fn required<const N: usize>(lines: [&Line; N]) -> Option<Vec<Vec<usize>>> {
    let words: Vec<Vec<usize>> = lines.iter().map(|line| line.words()).collect();
    (!words.iter().any(Vec::is_empty)).then_some(words)
}

fn address(contact: &Contact) -> Option<Vec<Vec<usize>>> {
    required([&contact.line, &contact.city, &contact.postal_code])?;
    let optional = |lines: &Vec<Option<Line>>| lines.iter().flatten().map(Line::words).collect::<Vec<_>>();
    let country = if contact.country == "GB" { usize::MAX } else { usize::MAX - 1 };
    let mut parts = vec![contact.line.words()];
    parts.extend(optional(&contact.more));
    parts.push(contact.city.words());
    parts.extend(optional(&contact.region));
    parts.extend([contact.postal_code.words(), vec![country]]);
    parts.retain(|part| !part.is_empty());
    Some(parts)
}

/// As in AWS's response, and as the program's section reads it.
fn read(who: &str, contact: &Contact) -> contact::Contact {
    let optional = |line: &Option<Line>| line.as_ref().map(Line::text);
    let answer = ContactInformation {
        full_name: contact.name.text(),
        address_line1: contact.line.text(),
        address_line2: optional(&contact.more[0]),
        address_line3: optional(&contact.more[1]),
        city: contact.city.text(),
        district_or_county: optional(&contact.region[0]),
        state_or_region: optional(&contact.region[1]),
        postal_code: contact.postal_code.text(),
        country_code: contact.country.into(),
        company_name: optional(&contact.company),
        phone_number: "+44 20 0000 0000".into(),
    };
    contact::describe(who, &answer)
}

fn evidence(state: &State) -> Evidence {
    let both = [(GENERAL, &state.general), (PRODUCTION, &state.production)];
    Evidence::new(both.map(|(account, contact)| match contact {
        Known(contact) => section(account, Section::Contact, read(account, contact)),
        Unread(why) => section(account, Section::Contact, Field::<()>::Unread(*why)),
    }))
}

fn line(words: std::ops::RangeInclusive<usize>) -> impl Strategy<Value = Line> {
    let words = prop::collection::vec((0..WORDS.len(), any::<prop::sample::Index>()), words);
    (words, prop::sample::select(SPACES), prop::sample::select(PADDING)).prop_map(|(words, space, padding)| Line {
        words,
        space,
        padding,
    })
}

fn contact() -> impl Strategy<Value = Contact> {
    // Sometimes, a field that AWS requires is blank.
    let needed = || prop_oneof![40 => line(1..=2), 1 => line(0..=0)];
    let optional = || prop::collection::vec(prop::option::of(line(0..=2)), 2);
    let country = prop_oneof![9 => Just("GB"), 1 => Just("US")];
    let parts = (needed(), needed(), optional(), needed(), optional());
    (parts, needed(), country, prop::option::of(line(0..=1))).prop_map(
        |((name, line, more, city, region), postal_code, country, company)| Contact {
            name,
            line,
            more,
            city,
            region,
            postal_code,
            country,
            company,
        },
    )
}

/// How the second account's contact is made from the first: with other spellings, and with a word changed or removed.
#[derive(Debug, Clone)]
struct Rewrite {
    spelling: prop::sample::Index,
    space: &'static str,
    padding: &'static str,
    swap_lines: bool,
    slip: Option<(usize, usize)>,
}

fn rewritten(contact: &Contact, how: &Rewrite) -> Contact {
    let mut other = contact.clone();
    let Contact { name, line, more, city, region, postal_code, .. } = &mut other;
    if how.swap_lines && more[1].is_none() {
        more.swap(0, 1);
    }
    let mut lines = vec![name, line, city, postal_code];
    lines.extend(more.iter_mut().chain(region).flatten());
    let count = lines.len();
    for (at, line) in lines.into_iter().enumerate() {
        line.words.iter_mut().for_each(|(_, spelling)| *spelling = how.spelling);
        (line.space, line.padding) = (how.space, how.padding);
        match how.slip {
            Some((place, word)) if place % count == at && word < WORDS.len() => {
                if let Some(last) = line.words.last_mut() {
                    last.0 = word;
                }
            }
            Some((place, _)) if place % count == at && line.words.len() > 1 => drop(line.words.pop()),
            _ => {}
        }
    }
    other
}

fn state() -> impl Strategy<Value = State> {
    let slip = prop::option::of((0..9_usize, 0..WORDS.len() + 4));
    let spaces = (prop::sample::select(SPACES), prop::sample::select(PADDING));
    let how = (any::<prop::sample::Index>(), spaces, any::<bool>(), slip).prop_map(
        |(spelling, (space, padding), swap_lines, slip)| Rewrite { spelling, space, padding, swap_lines, slip },
    );
    let alike = (contact(), how).prop_map(|(one, how)| (rewritten(&one, &how), one));
    let both = prop_oneof![5 => alike, 1 => (contact(), contact())];
    both.prop_flat_map(|(general, production)| (field(Just(general)), field(Just(production))))
        .prop_map(|(general, production)| State { general, production })
}

#[test]
fn contact_matches() {
    let said = |evidence: &Evidence| Court::of("contact-matches").judge(evidence);
    let property = |(state, change): (State, Option<Change>)| {
        let evidence = evidence(&state);
        let heard = said(&evidence);
        agree(Ruling::from(judge(&state)), &heard)?;
        unmoved(&heard, &evidence, &change, said)
    };
    each("contact-matches", &(state(), change()), property);
}
