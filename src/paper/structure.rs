//! What a paper is to somebody who hears it read: headings, lists of facts, tables with heads. Drawn
//! texts are its leaves.

use std::num::NonZeroU16;

use krilla::tagging::{
    Identifier, ListNumbering, TableHeaderScope, Tag, TagGroup, TagKind, TagTree,
};

/// A node, with its nodes in reading order.
#[derive(Debug)]
pub(super) struct Branch {
    tag: TagKind,
    branches: Vec<Branch>,
    leaf: Option<usize>,
}

impl Branch {
    fn over(tag: impl Into<TagKind>, branches: Vec<Self>) -> Self {
        Self { tag: tag.into(), branches, leaf: None }
    }

    pub(super) fn list(facts: Vec<Self>) -> Self {
        Self::over(Tag::L(ListNumbering::None), facts)
    }

    pub(super) fn fact(label: Self, value: Self) -> Self {
        Self::over(Tag::LI, vec![label, value])
    }

    pub(super) fn division(branches: Vec<Self>) -> Self {
        Self::over(Tag::Div, branches)
    }

    pub(super) fn table(head: Self, rows: Vec<Self>, totals: Vec<Self>) -> Self {
        let mut parts = vec![Self::over(Tag::THead, vec![head]), Self::over(Tag::TBody, rows)];
        if !totals.is_empty() {
            parts.push(Self::over(Tag::TFoot, totals));
        }
        Self::over(Tag::Table, parts)
    }

    pub(super) fn row(cells: Vec<Self>) -> Self {
        Self::over(Tag::TR, cells)
    }

    fn grown(&self, drawn: &[Vec<Identifier>]) -> TagGroup {
        let mut group = TagGroup::new(self.tag.clone());
        for identifier in self.leaf.and_then(|leaf| drawn.get(leaf)).into_iter().flatten() {
            group.push(*identifier);
        }
        for branch in &self.branches {
            group.push(branch.grown(drawn));
        }
        group
    }
}

/// What a leaf is.
#[derive(Clone, Debug)]
pub(super) enum Leaf {
    Title(String),
    Heading(String),
    Paragraph,
    Label,
    Value,
    ColumnHead,
    /// Reaches over so many columns.
    RowHead(u32),
    Data,
}

impl Leaf {
    fn tag(self) -> TagKind {
        let level = |level| NonZeroU16::MIN.saturating_add(level);
        match self {
            Self::Title(text) => Tag::Hn(level(0), Some(text)).into(),
            Self::Heading(text) => Tag::Hn(level(1), Some(text)).into(),
            Self::Paragraph => Tag::P.into(),
            Self::Label => Tag::Lbl.into(),
            Self::Value => Tag::LBody.into(),
            Self::ColumnHead => Tag::TH(TableHeaderScope::Column).into(),
            Self::RowHead(columns) => {
                Tag::TH(TableHeaderScope::Row).with_col_span(columns.try_into().ok()).into()
            }
            Self::Data => Tag::TD.into(),
        }
    }
}

/// The structure while it grows.
#[derive(Debug, Default)]
pub(super) struct Structure {
    branches: Vec<Branch>,
    leaves: usize,
}

impl Structure {
    /// A leaf with the number that its cells carry.
    pub(super) fn leaf(&mut self, leaf: Leaf) -> (usize, Branch) {
        let number = self.leaves;
        self.leaves += 1;
        (number, Branch { tag: leaf.tag(), branches: Vec::new(), leaf: Some(number) })
    }

    pub(super) fn push(&mut self, branch: Branch) {
        self.branches.push(branch);
    }

    /// Where what is drawn of each leaf is noted.
    pub(super) fn notes(&self) -> Vec<Vec<Identifier>> {
        vec![Vec::new(); self.leaves]
    }

    pub(super) fn tree(&self, drawn: &[Vec<Identifier>]) -> TagTree {
        let mut tree = TagTree::new();
        for branch in &self.branches {
            tree.push(branch.grown(drawn));
        }
        tree
    }
}
