#include "apps/reelbatch/table.h"

#include <algorithm>

#include "apps/reelbatch/terminal.h"

namespace reelbatch::app {

void Table::AddRow(std::vector<std::string> cells) {
  cells.resize(columns_.size());
  rows_.push_back(std::move(cells));
}

std::string Table::Line(const std::vector<std::string>& cells,
                        const std::vector<int>& widths) const {
  std::string line;
  for (size_t i = 0; i < cells.size(); ++i) {
    const std::string gap(static_cast<size_t>(std::max(0, widths[i] - DisplayWidth(cells[i]))),
                          ' ');
    if (i > 0) line += "  ";
    line += columns_[i].align == Align::kRight ? gap + cells[i] : cells[i] + gap;
  }
  line.erase(line.find_last_not_of(' ') + 1);
  return line;
}

std::string Table::Render(bool color, int indent) const {
  std::vector<std::string> titles;
  std::vector<int> widths;
  for (const Column& column : columns_) {
    titles.push_back(column.title);
    widths.push_back(DisplayWidth(column.title));
  }
  for (const auto& row : rows_) {
    for (size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], DisplayWidth(row[i]));
  }
  std::vector<std::string> rules;
  rules.reserve(widths.size());
  for (const int width : widths) rules.emplace_back(static_cast<size_t>(width), '-');

  const std::string margin(static_cast<size_t>(indent), ' ');
  std::string text = margin + Styled(Line(titles, widths), Style::kBold, color) + "\n" + margin +
                     Styled(Line(rules, widths), Style::kDim, color) + "\n";
  for (const auto& row : rows_) text += margin + Line(row, widths) + "\n";
  return text;
}

}  // namespace reelbatch::app
