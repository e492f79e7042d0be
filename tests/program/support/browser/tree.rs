//! The page as a screen reader meets it.

use serde_json::Value;
use std::collections::HashMap;
use std::fmt;

/// An element of the accessibility tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Node {
    pub(crate) role: String,
    pub(crate) name: String,
    pub(crate) description: String,
    pub(crate) value: String,
    /// What the element says about itself, such as `disabled` or `live=polite`. What is false is
    /// left out.
    pub(crate) states: Vec<String>,
    /// How many elements are around it.
    pub(crate) depth: usize,
}

/// Properties that every element has, or that are only of use to the browser.
const DULL: &[&str] = &[
    "focusable",
    "settable",
    "editable",
    "url",
    "atomic",
    "relevant",
];

/// The elements in the order in which they are read.
pub(super) fn nodes(tree: &Value) -> Vec<Node> {
    let all = tree["nodes"].as_array().map_or(&[][..], Vec::as_slice);
    let by_id: HashMap<&str, &Value> = all
        .iter()
        .filter_map(|node| Some((node["nodeId"].as_str()?, node)))
        .collect();
    let mut nodes = Vec::new();
    let mut next: Vec<(&Value, usize)> = all.first().map(|root| (root, 0)).into_iter().collect();
    while let Some((node, depth)) = next.pop() {
        let is_shown = node["ignored"] != true;
        if is_shown && node["role"]["value"] != "InlineTextBox" {
            nodes.push(read(node, depth));
        }
        let children = node["childIds"].as_array().map_or(&[][..], Vec::as_slice);
        let children = children.iter().rev();
        let children = children.filter_map(|id| by_id.get(id.as_str()?));
        next.extend(children.map(|child| (*child, depth + usize::from(is_shown))));
    }
    nodes
}

fn read(node: &Value, depth: usize) -> Node {
    let text = |field: &str| match &node[field]["value"] {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        other => other.to_string(),
    };
    let properties = node["properties"].as_array().map_or(&[][..], Vec::as_slice);
    let states = properties.iter().filter_map(|property| {
        let name = property["name"].as_str()?;
        if DULL.contains(&name) {
            return None;
        }
        match &property["value"]["value"] {
            Value::Bool(true) => Some(name.to_owned()),
            Value::String(value) if value == "true" => Some(name.to_owned()),
            Value::String(value) if value != "false" && !value.is_empty() => {
                Some(format!("{name}={value}"))
            }
            Value::Number(value) => Some(format!("{name}={value}")),
            _ => None,
        }
    });
    Node {
        role: text("role"),
        name: text("name"),
        description: text("description"),
        value: text("value"),
        states: states.collect(),
        depth,
    }
}

impl Node {
    pub(crate) fn is(&self, role: &str, name: &str) -> bool {
        self.role == role && self.name == name
    }

    pub(crate) fn has(&self, state: &str) -> bool {
        self.states.iter().any(|it| it == state)
    }
}

impl fmt::Display for Node {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{:indent$}{} {:?}",
            "",
            self.role,
            self.name,
            indent = 2 * self.depth
        )?;
        if !self.description.is_empty() {
            write!(f, " described as {:?}", self.description)?;
        }
        if !self.value.is_empty() {
            write!(f, " = {:?}", self.value)?;
        }
        for state in &self.states {
            write!(f, " [{state}]")?;
        }
        Ok(())
    }
}
