#include "contracts/cost_row.h"

#include <algorithm>

namespace reelbatch::contracts {
namespace {

bool SameValue(const KnobValue& a, const KnobValue& b) {
  const auto number = [](const KnobValue& value) -> std::optional<double> {
    if (const auto* whole = std::get_if<int64_t>(&value)) return static_cast<double>(*whole);
    if (const auto* real = std::get_if<double>(&value)) return *real;
    return std::nullopt;
  };
  const std::optional<double> left = number(a);
  const std::optional<double> right = number(b);
  return left || right ? left == right : a == b;
}

}  // namespace

bool SameKnobs(const Knobs& a, const Knobs& b) {
  return std::ranges::equal(a, b, [](const auto& left, const auto& right) {
    return left.first == right.first && SameValue(left.second, right.second);
  });
}

std::string_view AspectName(Aspect aspect) { return aspect == Aspect::k16x9 ? "16:9" : "9:16"; }

std::string_view InputKindName(InputKind kind) {
  return kind == InputKind::kNoise ? "noise" : "real";
}

}  // namespace reelbatch::contracts
