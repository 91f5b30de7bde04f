#include "costs/keys.h"

#include <fmt/format.h>

#include <variant>

namespace reelbatch::costs {
namespace {

struct ValueText {
  std::string operator()(bool value) const { return value ? "on" : "off"; }
  std::string operator()(int64_t value) const { return fmt::format("{}", value); }
  std::string operator()(double value) const { return fmt::format("{}", value); }
  std::string operator()(const std::string& value) const { return value; }
};

}  // namespace

std::string KnobsText(const contracts::Knobs& knobs) {
  std::string text;
  for (const auto& [name, value] : knobs) {
    text += fmt::format("{}{}={}", text.empty() ? "" : ", ", name, std::visit(ValueText(), value));
  }
  return text;
}

std::string PartText(const contracts::CostSubject& subject) {
  return subject.component_part.empty() ? subject.component
                                        : subject.component + "." + subject.component_part;
}

std::string SubjectKey(const contracts::CostSubject& subject) {
  return fmt::format("{}\n{}\n{}\n{}", PartText(subject), subject.runtime, subject.model_signature,
                     KnobsText(subject.knobs));
}

std::string BucketText(const contracts::InputBucket& bucket) {
  if (bucket.duration_s > 0) return fmt::format("{} s", bucket.duration_s);
  if (bucket.width == 0) return "any size";
  const std::string fps = bucket.fps > 0 ? fmt::format("@{}fps", bucket.fps) : "";
  return fmt::format("{}x{}{}", bucket.width, bucket.height, fps);
}

std::string MsText(std::optional<double> ms) {
  if (!ms) return "N/A";
  return *ms >= 100 ? fmt::format("{:.1f}", *ms)
         : *ms >= 1 ? fmt::format("{:.2f}", *ms)
                    : fmt::format("{:.3g}", *ms);
}

std::string MbText(std::optional<double> mb) { return mb ? fmt::format("{:.1f}", *mb) : "N/A"; }

}  // namespace reelbatch::costs
