#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

namespace reelbatch::costs {

/// A Markdown table; `|` in cells is escaped.
class MarkdownTable {
 public:
  /// A heading that ends with ':' is a column of figures, set flush right.
  explicit MarkdownTable(std::initializer_list<std::string_view> headings);
  explicit MarkdownTable(const std::vector<std::string>& headings);

  void Row(const std::vector<std::string>& cells);
  bool empty() const { return rows_ == 0; }
  const std::string& text() const { return text_; }

 private:
  std::string text_;
  size_t rows_ = 0;
};

}  // namespace reelbatch::costs
