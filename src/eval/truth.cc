#include "eval/truth.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <memory>
#include <optional>

#include "base/json_fields.h"
#include "eval/kind_field.h"

namespace reelbatch::eval {
namespace {

constexpr std::array kKinds = {Kind::kHard, Kind::kFade, Kind::kDissolve, Kind::kWipe, Kind::kSoft};

/// "30000/1001", "25" or "25.0".
std::optional<contracts::Rational> ParseRate(std::string_view text) {
  const size_t slash = std::min(text.find('/'), text.size());
  const auto number = [](std::string_view digits) -> std::optional<double> {
    double value = 0;
    const char* const end = std::to_address(digits.end());
    const auto [stop, code] = std::from_chars(std::to_address(digits.begin()), end, value);
    if (code != std::errc() || stop != end || !(value > 0) || value > 1e9) return std::nullopt;
    return value;
  };
  const auto num = number(text.substr(0, slash));
  const auto den = slash < text.size() ? number(text.substr(slash + 1)) : 1.0;
  if (!num || !den) return std::nullopt;
  constexpr double kScale = 1000;  // of rates that are written as decimals
  return contracts::Rational{.num = static_cast<int64_t>(*num * kScale),
                             .den = static_cast<int64_t>(*den * kScale)};
}

Transition ParseTransition(base::JsonFields& fields) {
  Transition transition;
  transition.kind = KindOf(fields);
  if (transition.kind == Kind::kSoft) fields.Reject("type", "hard, fade, dissolve or wipe");
  transition.start = fields.Integer("start");
  transition.end = fields.Integer("end");
  transition.frame = fields.Integer("frame");
  if (transition.start < 0 || transition.end < transition.start)
    fields.Reject("end", "at or after start, which is 0 or more");
  return transition;
}

Span ParseSpan(base::JsonFields& fields) {
  return {.start = fields.Integer("start"), .end = fields.Integer("end")};
}

Truth Parse(base::JsonFields& fields) {
  Truth truth;
  truth.video = fields.Text("video");
  const auto rate = ParseRate(fields.Text("fps"));
  if (!rate) fields.Reject("fps", "a rate like \"30000/1001\"");
  truth.fps = rate.value_or(contracts::Rational{});
  truth.frames = fields.Integer("n_frames", 1);
  if (fields.Has("frame_base") && fields.Integer("frame_base") != 0)
    fields.Reject("frame_base", "0: frames count from 0");
  for (base::JsonFields& entry : fields.Objects("transitions"))
    truth.transitions.push_back(ParseTransition(entry));
  for (base::JsonFields& entry : fields.ObjectsIfAny("edge"))
    truth.edges.push_back(ParseSpan(entry));
  for (base::JsonFields& entry : fields.ObjectsIfAny("hard_negatives"))
    truth.hard_negatives.push_back(ParseSpan(entry));
  return truth;
}

}  // namespace

std::string_view KindName(Kind kind) {
  switch (kind) {
    case Kind::kHard:
      return "hard";
    case Kind::kFade:
      return "fade";
    case Kind::kDissolve:
      return "dissolve";
    case Kind::kWipe:
      return "wipe";
    case Kind::kSoft:
      return "soft";
  }
  return "";
}

Kind KindOf(base::JsonFields& fields) {
  const std::string name = fields.Text("type");
  for (const Kind kind : kKinds) {
    if (name == KindName(kind)) return kind;
  }
  fields.Reject("type", "hard, fade, dissolve, wipe or soft");
  return Kind::kHard;
}

base::Result<Truth> ParseTruth(std::string_view json, std::string_view name) {
  return base::ReadObject(json, name, Parse);
}

}  // namespace reelbatch::eval
