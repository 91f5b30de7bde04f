#include "apps/reelbatch/batch_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <vector>

namespace reelbatch::app {

std::string SizesText(const std::map<int, int64_t>& sizes) {
  std::vector<std::pair<int64_t, int>> by_count;
  for (const auto& [size, count] : sizes) by_count.emplace_back(-count, size);
  std::ranges::sort(by_count);
  constexpr size_t kShown = 4;
  std::string text;
  for (size_t k = 0; k < std::min(kShown, by_count.size()); ++k) {
    text +=
        fmt::format("{}{} x {}", text.empty() ? "" : ", ", -by_count[k].first, by_count[k].second);
  }
  return by_count.size() > kShown ? text + ", ..." : text;
}

std::string BindingsText(const std::array<int64_t, planning::kBindings>& by_binding) {
  std::string text;
  for (int k = 0; k < planning::kBindings; ++k) {
    const int64_t count = by_binding[static_cast<size_t>(k)];
    if (count == 0) continue;
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ",
                        planning::BindingName(static_cast<planning::Binding>(k)), count);
  }
  return text;
}

double MeanSize(const std::map<int, int64_t>& sizes) {
  int64_t batches = 0;
  int64_t units = 0;
  for (const auto& [size, count] : sizes) {
    batches += count;
    units += size * count;
  }
  return batches == 0 ? 0 : static_cast<double>(units) / static_cast<double>(batches);
}

}  // namespace reelbatch::app
