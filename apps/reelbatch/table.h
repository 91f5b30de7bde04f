#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace reelbatch::app {

enum class Align : uint8_t { kLeft, kRight };

/// Rows of text in columns for people: two blanks between columns, a rule under the titles, no
/// trailing blanks.
class Table {
 public:
  struct Column {
    std::string title;
    Align align = Align::kLeft;
  };

  explicit Table(std::vector<Column> columns) : columns_(std::move(columns)) {}

  /// `cells` may be fewer than the columns; the rest stays empty. Cells are printable, on one line.
  void AddRow(std::vector<std::string> cells);
  bool empty() const { return rows_.empty(); }

  /// Every line starts with `indent` blanks and ends with a newline.
  std::string Render(bool color, int indent = 0) const;

 private:
  std::string Line(const std::vector<std::string>& cells, const std::vector<int>& widths) const;

  std::vector<Column> columns_;
  std::vector<std::vector<std::string>> rows_;
};

}  // namespace reelbatch::app
