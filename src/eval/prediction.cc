#include "eval/prediction.h"

#include <optional>

#include "base/json_fields.h"
#include "eval/kind_field.h"

namespace reelbatch::eval {
namespace {

std::optional<Kind> KindOfType(contracts::EventType type) {
  using contracts::EventType;
  switch (type) {
    case EventType::kHard:
      return Kind::kHard;
    case EventType::kFadeIn:
    case EventType::kFadeOut:
    case EventType::kFadeThrough:
      return Kind::kFade;
    case EventType::kDissolve:
      return Kind::kDissolve;
    case EventType::kWipe:
      return Kind::kWipe;
    case EventType::kMotion:
    case EventType::kWhipPan:
    case EventType::kZoom:
    case EventType::kSpeedRamp:
    case EventType::kJump:
      return std::nullopt;
  }
  return std::nullopt;
}

Prediction ParsePrediction(base::JsonFields& fields) {
  Prediction prediction{.kind = KindOf(fields)};
  const bool interval = fields.Has("start") && fields.Has("end");
  if (prediction.kind == Kind::kHard || !interval) {
    const bool by_end = prediction.kind == Kind::kHard && !fields.Has("frame");
    prediction.frame = fields.Integer(by_end ? "end" : "frame");
    prediction.start = prediction.end = prediction.frame;
  } else {
    prediction.start = fields.Integer("start");
    prediction.end = fields.Integer("end");
    prediction.frame = fields.Has("frame") ? fields.Integer("frame") : prediction.end;
    if (prediction.end < prediction.start) fields.Reject("end", "at or after start");
  }
  if (fields.Has("confidence"))
    prediction.confidence = static_cast<float>(fields.Number("confidence"));
  return prediction;
}

Answer ParseAnswer(base::JsonFields& fields) {
  Answer answer;
  if (fields.Has("n_frames")) answer.frames = fields.Integer("n_frames");
  for (base::JsonFields& event : fields.Objects("events"))
    answer.predictions.push_back(ParsePrediction(event));
  return answer;
}

}  // namespace

std::vector<Prediction> PredictionsOf(const std::vector<contracts::Event>& events) {
  std::vector<Prediction> predictions;
  for (const contracts::Event& event : events) {
    const auto kind = KindOfType(event.type);
    if (!kind) continue;
    const bool hard = *kind == Kind::kHard;
    predictions.push_back({.kind = *kind,
                           .start = hard ? event.frame : event.start_frame,
                           .end = hard ? event.frame : event.end_frame,
                           .frame = event.frame,
                           .confidence = event.confidence});
  }
  return predictions;
}

base::Result<std::map<std::string, Answer>> ParseAnswers(std::string_view json,
                                                         std::string_view name) {
  return base::ReadObject(json, name, [](base::JsonFields& fields) {
    std::map<std::string, Answer> answers;
    for (auto& [clip, answer] : fields.Members()) answers.emplace(clip, ParseAnswer(answer));
    return answers;
  });
}

}  // namespace reelbatch::eval
