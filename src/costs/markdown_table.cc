#include "costs/markdown_table.h"

namespace reelbatch::costs {
namespace {

std::string Escaped(std::string_view cell) {
  std::string text;
  for (const char letter : cell) {
    if (letter == '|') text += '\\';
    text += letter == '\n' ? ' ' : letter;
  }
  return text;
}

}  // namespace

MarkdownTable::MarkdownTable(std::initializer_list<std::string_view> headings)
    : MarkdownTable(std::vector<std::string>(headings.begin(), headings.end())) {}

MarkdownTable::MarkdownTable(const std::vector<std::string>& headings) {
  std::string rule = "|";
  text_ = "|";
  for (const std::string& heading : headings) {
    const bool figures = heading.ends_with(':');
    text_ += " " +
             Escaped(std::string_view(heading).substr(0, heading.size() - (figures ? 1 : 0))) +
             " |";
    rule += figures ? "---:|" : "---|";
  }
  text_ += "\n" + rule + "\n";
}

void MarkdownTable::Row(const std::vector<std::string>& cells) {
  text_ += "|";
  for (const std::string& cell : cells) text_ += " " + Escaped(cell) + " |";
  text_ += "\n";
  ++rows_;
}

}  // namespace reelbatch::costs
