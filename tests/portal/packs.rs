//! Program packs: what is right, what is wrong and how it is told, and that nothing is lost.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use chrono::NaiveDate;
use portal::programs::pack::{
    self, Colour, Ink, OddTerms, Pack, ProductKind, QuotedBy, SkuForm, TermStart, WarrantyStart,
};
use proptest::prelude::*;

const SHIELD: &str = include_str!("packs/shield.toml");
const SMALL: &str = include_str!("packs/small.toml");
/// Changes that break [`SMALL`], parted by empty lines: `-` and `+` lines as in a patch, and after
/// `! ` each problem as it is printed.
const BROKEN: &str = include_str!("packs/broken.txt");

fn project(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// The pack of `programs/{slug}.toml`.
fn shipped(slug: &str) -> Pack {
    let text = std::fs::read_to_string(project(&format!("programs/{slug}.toml"))).unwrap();
    parsed(slug, &text)
}

fn parsed(file: &str, text: &str) -> Pack {
    pack::parse(file, text).unwrap_or_else(|problems| panic!("{}", printed(&problems).join("\n")))
}

fn printed(problems: &[pack::PackProblem]) -> Vec<String> {
    problems.iter().map(ToString::to_string).collect()
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

#[test]
fn every_shipped_pack_is_right_and_named_after_its_slug() {
    let mut slugs = BTreeSet::new();
    for entry in std::fs::read_dir(project("programs")).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            continue;
        }
        let stem = path.file_stem().unwrap().to_str().unwrap().to_owned();
        assert_eq!(shipped(&stem).slug, stem);
        slugs.insert(stem);
    }
    assert_eq!(slugs, BTreeSet::from(["qualys", "sophos", "wso2"].map(String::from)));
    assert_eq!(parsed("shield.toml", SHIELD).slug, "shield");
}

#[test]
fn shipped_packs_have_products_of_every_kind_their_vendor_sells() {
    use ProductKind::{Hardware, Service, Subscription, SupportPlan, Training, Usage};
    let kinds = |pack: &Pack| pack.products.iter().map(|p| p.kind).collect::<BTreeSet<_>>();
    let all = BTreeSet::from_iter(ProductKind::ALL.iter().copied());
    assert_eq!(kinds(&shipped("sophos")), all);
    assert_eq!(kinds(&parsed("shield.toml", SHIELD)), all);
    assert_eq!(
        kinds(&shipped("qualys")),
        BTreeSet::from([Subscription, Hardware, SupportPlan, Training, Usage])
    );
    assert_eq!(
        kinds(&shipped("wso2")),
        BTreeSet::from([Subscription, SupportPlan, Service, Training, Usage])
    );
}

#[test]
fn tiers_come_from_the_lowest_to_the_highest() {
    let names = |pack: Pack| pack.tiers.into_iter().map(|tier| tier.name).collect::<Vec<_>>();
    assert_eq!(names(shipped("sophos")), ["Authorized", "Silver", "Gold", "Platinum"]);
    assert_eq!(names(shipped("wso2")), ["Community", "Preferred", "Premier"]);
    assert!(names(shipped("qualys")).is_empty());
    let swapped = SMALL.replace("rank = 2", "rank = 0x3").replace("rank = 1", "rank = 9");
    assert_eq!(names(parsed("small.toml", &swapped)), ["Gold", "Silver"]);
}

#[test]
fn sophos_policies_change_on_their_days() {
    let pack = shipped("sophos");
    let days = pack.policies.iter().map(|policy| policy.from).collect::<Vec<_>>();
    assert_eq!(days, ["2000-01-01", "2023-09-18", "2023-10-01", "2024-01-01"].map(day));

    for before in ["1970-01-01", "2000-01-01", "2023-09-17", "2023-09-18", "2023-09-30"] {
        let policy = pack.policy_at(day(before));
        assert_eq!(policy.term_starts, TermStart::Activation, "{before}");
        assert_eq!(policy.renewals_by_key, ["firewall"]);
        assert_eq!(
            (policy.warranty_starts, policy.warranty_grace_days),
            (WarrantyStart::Activation, 90)
        );
        assert_eq!(policy.sku_forms, [SkuForm::Legacy]);
        assert_eq!(policy.odd_terms, OddTerms::OneMonthMultiples);
        assert_eq!(policy.quoted_by, QuotedBy::Vendor);
        assert_eq!(policy.lead_inactivity_days, None);
        assert!(!policy.nfr_on_joining);
    }
    for after in ["2023-10-01", "2023-12-31", "2024-01-01", "2199-12-31"] {
        let policy = pack.policy_at(day(after));
        assert_eq!(policy.term_starts, TermStart::Processed, "{after}");
        assert!(policy.renewals_by_key.is_empty());
        assert_eq!(
            (policy.warranty_starts, policy.warranty_grace_days),
            (WarrantyStart::Processed, 0)
        );
        assert_eq!(policy.odd_terms, OddTerms::OwnSku);
        assert_eq!(policy.quoted_by, QuotedBy::Distributor);
        assert_eq!(policy.lead_inactivity_days, Some(90));
        assert!(policy.nfr_on_joining);
    }
    assert_eq!(pack.policy_at(day("2023-12-31")).sku_forms, [SkuForm::Legacy, SkuForm::New]);
    assert_eq!(pack.policy_at(day("2024-01-01")).sku_forms, [SkuForm::New]);
    let closing = pack.policies.iter().map(|policy| policy.closes_leads_inactive_days);
    assert_eq!(closing.collect::<Vec<_>>(), [None, Some(90), None, None]);
}

#[test]
fn a_later_policy_can_end_what_an_earlier_one_began() {
    let pack = parsed("shield.toml", SHIELD);
    assert_eq!(pack.policy_at(day("2022-03-31")).lead_inactivity_days, Some(45));
    assert_eq!(pack.policy_at(day("2022-04-01")).lead_inactivity_days, None);
    assert_eq!(pack.policy_at(day("2022-04-01")).renewal_lapse_days, 40);
}

#[test]
fn each_broken_pack_is_told_exactly_what_is_wrong() {
    parsed("small.toml", SMALL);
    let cases = BROKEN.trim_end().split("\n\n").collect::<Vec<_>>();
    assert!(cases.len() >= 70, "{} cases", cases.len());
    for case in cases {
        let marked =
            |mark: &'static str| case.lines().filter_map(move |line| line.strip_prefix(mark));
        let block = |mark| marked(mark).map(|line| format!("{line}\n")).collect::<String>();
        let (removed, added) = (block("-"), block("+"));
        assert_eq!(SMALL.matches(&removed).count(), 1, "the removed lines stand once:\n{case}");
        let problems = pack::parse("small.toml", &SMALL.replace(&removed, &added)).expect_err(case);
        assert_eq!(printed(&problems), marked("! ").collect::<Vec<_>>(), "{case}");
    }
}

#[test]
fn every_problem_of_a_file_is_told_in_the_order_of_the_file() {
    let broken_everywhere = SMALL
        .replace("slug = \"small\"", "slug = \"SMALL\"")
        .replace("rank = 2", "rank = 1")
        .replace("kind = \"hardware\"", "kind = \"box\"")
        .replace("late_days = 30", "late_day = 30")
        .replace("quoted_by = \"distributor\"", "quoted_by = \"nobody\"");
    let problems = pack::parse("small.toml", &broken_everywhere).unwrap_err();
    let places = problems.iter().map(|p| (p.line, p.path.as_str())).collect::<Vec<_>>();
    assert_eq!(
        places,
        [
            (3, "program.slug"),
            (22, "tiers[1].rank"),
            (32, "products[0].kind"),
            (36, "notices.late_days"),
            (38, "notices.late_day"),
            (57, "policies[1].quoted_by"),
        ]
    );
}

#[test]
fn a_column_counts_characters_and_not_bytes() {
    let text =
        SMALL.replace("name = \"Small\", country = \"BE\"", "name = \"Größe\", country = \"XX\"");
    let problems = pack::parse("small.toml", &text).unwrap_err();
    assert_eq!((problems[0].line, problems[0].column), (5, 38));
}

#[test]
fn a_file_of_more_than_a_mebibyte_is_refused() {
    let text = format!("{SMALL}#{}", " ".repeat(1024 * 1024));
    let problems = pack::parse("small.toml", &text).unwrap_err();
    assert_eq!(problems.len(), 1);
    assert!(problems[0].what.ends_with("bytes"), "{}", problems[0]);
}

#[test]
fn an_exported_pack_reads_back_as_the_same_pack() {
    let mut packs = ["sophos", "qualys", "wso2"].map(shipped).to_vec();
    packs.push(parsed("shield.toml", SHIELD));
    packs.push(parsed("small.toml", SMALL));
    for pack in packs {
        let exported = pack::export(&pack);
        let again = parsed(&pack.slug, &exported);
        assert_eq!(again, pack);
        assert_eq!(pack::export(&again), exported, "the canonical form is stable");
    }
}

#[test]
fn an_export_states_only_what_a_policy_changes() {
    let exported = pack::export(&shipped("sophos"));
    let last = exported.rsplit("[[policies]]\n").next().unwrap();
    assert!(last.starts_with("from = 2024-01-01\nsku_forms = [\"new\"]\nsource = "), "{last}");
    assert_eq!(last.lines().count(), 3);
}

#[test]
fn the_example_in_the_documentation_is_a_right_pack() {
    let page = std::fs::read_to_string(project("docs/packs.md")).unwrap();
    let example = page.split("```toml\n").nth(1).and_then(|rest| rest.split("```").next());
    parsed("docs/packs.md", example.expect("docs/packs.md begins with a whole pack"));
}

#[test]
fn the_documentation_names_every_word_of_a_pack() {
    let page = std::fs::read_to_string(project("docs/packs.md")).unwrap();
    let words = ProductKind::ALL.iter().map(|word| word.as_str());
    let words = words.chain(OddTerms::ALL.iter().map(|word| word.as_str()));
    let words = words.chain(SkuForm::ALL.iter().map(|word| word.as_str()));
    for word in words.chain(QuotedBy::ALL.iter().map(|word| word.as_str())) {
        assert!(page.contains(&format!("`\"{word}\"`")), "{word}");
    }
}

#[test]
fn words_read_back_as_themselves() {
    for kind in ProductKind::ALL {
        assert_eq!(kind.as_str().parse::<ProductKind>().unwrap(), *kind);
    }
    assert!("Subscription".parse::<ProductKind>().is_err());
}

#[test]
fn contrast_is_that_of_the_guidelines() {
    let contrast = |colour| Colour::parse(colour).unwrap().contrast_with_white();
    assert!((contrast("#767676") - 4.54).abs() < 0.01);
    assert!((contrast("#000000") - 21.0).abs() < 0.01);
    assert_eq!(Colour::parse("#FFD400").unwrap().ink(), Ink::Black);
    assert_eq!(Colour::parse("#0057b8").unwrap().ink(), Ink::White);
}

proptest! {
    #[test]
    fn the_ink_on_any_colour_can_be_read(value in 0u32..0x0100_0000) {
        let colour = Colour::parse(&format!("#{value:06x}")).unwrap();
        let contrast = match colour.ink() {
            Ink::White => colour.contrast_with_white(),
            Ink::Black => colour.contrast_with_black(),
        };
        prop_assert!(contrast >= Colour::TEXT_CONTRAST, "{contrast}");
    }

    #[test]
    fn arbitrary_text_never_panics(text in any::<String>()) {
        let _ = pack::parse("any.toml", &text);
    }

    /// A right pack with a piece cut out and another put in is either refused, at a place that
    /// exists, or reads back as itself.
    #[test]
    fn a_mangled_pack_is_refused_or_survives_the_round_trip(
        start in 0..SHIELD.len(),
        length in 0usize..60,
        put in "[ -~\n]{0,12}|\\[\\]|true|-?[0-9]{1,30}|\"[a-zé\u{202e}]{0,9}\"|2024-02-29",
    ) {
        let end = (start + length).min(SHIELD.len());
        let text = [&SHIELD[..start], put.as_str(), &SHIELD[end..]].concat();
        match pack::parse("mangled.toml", &text) {
            Ok(pack) => prop_assert_eq!(parsed("again.toml", &pack::export(&pack)), pack),
            Err(problems) => {
                prop_assert!(!problems.is_empty());
                let lines = text.split('\n').collect::<Vec<_>>();
                for problem in &problems {
                    let line = lines.get(problem.line - 1).map(|line| line.chars().count());
                    prop_assert!(line.is_some_and(|length| problem.column <= length + 1), "{problem}");
                    prop_assert!(!problem.to_string().contains('\n'), "{problem}");
                }
                prop_assert!(problems.is_sorted_by_key(|p| (p.line, p.column)));
            }
        }
    }
}
