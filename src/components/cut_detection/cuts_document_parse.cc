#include <charconv>
#include <limits>
#include <memory>
#include <string>
#include <utility>

#include "base/json_fields.h"
#include "components/cut_detection/cuts_document.h"

namespace reelbatch::components {

using base::TextOrNull;

using base::JsonFields;
using base::ParseDocument;

namespace {

/// "24000/1001" or "1:1".
std::optional<contracts::Rational> ParseRational(std::string_view text, char separator) {
  const size_t at = text.find(separator);
  if (at == std::string_view::npos) return std::nullopt;
  contracts::Rational rational;
  const auto take = [](std::string_view digits, int64_t& value) {
    const char* const end = std::to_address(digits.end());
    const auto [stop, code] = std::from_chars(std::to_address(digits.begin()), end, value);
    return code == std::errc() && stop == end;
  };
  if (!take(text.substr(0, at), rational.num) || !take(text.substr(at + 1), rational.den) ||
      rational.num < 0 || rational.den <= 0) {
    return std::nullopt;
  }
  return rational;
}

int Int(JsonFields& fields, std::string_view key) {
  const int64_t value = fields.Integer(key);
  if (value >= 0 && value <= std::numeric_limits<int>::max()) return static_cast<int>(value);
  fields.Reject(key, "a whole number from 0");
  return 0;
}

/// 0/1 where the field is missing or null.
contracts::Rational RateOrNone(JsonFields& fields, std::string_view key) {
  const auto text = fields.TextOrNull(key);
  if (!text) return {0, 1};
  const auto rate = ParseRational(*text, '/');
  if (!rate) fields.Reject(key, "a ratio like \"24000/1001\" or null");
  return rate.value_or(contracts::Rational{0, 1});
}

std::optional<contracts::SourceTimecode> ParseTimecodeField(JsonFields& fields) {
  std::optional<contracts::SourceTimecode> timecode;
  for (JsonFields& found : fields.ObjectIfAny("timecode")) {
    timecode = {.text = found.Text("text"),
                .drop_frame = found.Flag("drop_frame"),
                .rate = RateOrNone(found, "rate")};
  }
  return timecode;
}

contracts::EventSource ParseSourceFile(JsonFields& fields) {
  contracts::EventSource source;
  source.video = fields.Text("video");
  source.first_frame = fields.Integer("first_frame");
  source.frames = fields.Integer("frames");
  source.start_s = fields.Number("start_s");
  source.sha256 = fields.TextOrNull("sha256").value_or("");
  source.info.width = Int(fields, "width");
  source.info.height = Int(fields, "height");
  source.info.avg_fps = RateOrNone(fields, "fps_average");
  source.info.timecode = ParseTimecodeField(fields);
  return source;
}

contracts::CropRect ParseCrop(JsonFields& fields) {
  return {.x = Int(fields, "x"),
          .y = Int(fields, "y"),
          .width = Int(fields, "width"),
          .height = Int(fields, "height")};
}

void ParseSource(JsonFields fields, CutsRecord& record) {
  record.source_sha256 = fields.TextOrNull("sha256").value_or("");
  record.info.codec = fields.TextOrNull("codec").value_or("");
  record.info.width = Int(fields, "width");
  record.info.height = Int(fields, "height");
  if (const auto sar = ParseRational(fields.Text("sar"), ':')) {
    record.info.sar = *sar;
  } else {
    fields.Reject("sar", "a ratio like \"1:1\"");
  }
  record.info.rotation_deg = Int(fields, "rotation");
  record.info.nominal_fps = RateOrNone(fields, "fps");
  record.info.avg_fps = RateOrNone(fields, "fps_average");
  record.decode.rate = RateOrNone(fields, "fps_observed");
  record.decode.vfr = fields.Flag("vfr");
  record.decode.frames_decoded = fields.Integer("frames_decoded");
  record.decode.frames_expected = fields.IntegerOrNull("frames_expected");
  record.info.frames_expected = record.decode.frames_expected;
  record.info.start_time_s = fields.Number("start_time_s");
  record.info.duration_s = fields.NumberOrNull("duration_s");
  record.decode.decode_errors = fields.Integer("decode_errors");
  // Files of earlier versions lack what follows.
  record.decode.repaired_pts = fields.IntegerOrNull("repaired_pts").value_or(0);
  record.info.player_start_s =
      fields.NumberOrNull("player_start_s").value_or(record.info.start_time_s);
  record.info.timecode = ParseTimecodeField(fields);
}

void ParseSettings(JsonFields fields, CutsRecord& record) {
  const std::string preset = fields.Text("preset");
  bool known = false;
  for (const auto candidate :
       {contracts::Preset::kQuality, contracts::Preset::kDefault, contracts::Preset::kFast}) {
    if (preset != contracts::PresetName(candidate)) continue;
    record.knobs = KnobsOf(candidate);
    known = true;
  }
  if (!known) fields.Reject("preset", "\"quality\", \"default\" or \"fast\"");
  record.knobs.preset_reason = fields.Text("preset_reason");
  const std::string decision = fields.Text("decision");
  if (decision == DecisionName(Decision::kSeed)) {
    record.knobs.decision = Decision::kSeed;
  } else if (decision != DecisionName(Decision::kAdaptive)) {
    fields.Reject("decision", "\"adaptive\" or \"seed\"");
  }
  record.knobs.min_confidence =
      fields.NumberOrNull("min_confidence").value_or(CutKnobs::kMinConfidence);
  record.parts = fields.Texts("parts");
  record.loop_filter_skipped = fields.Text("loop_filter") == contracts::LoopFilterName(true);
  record.config_hash = fields.Text("config_hash");
  record.shot_lengths = {.min_s = fields.NumberOrNull("min_shot_s"),
                         .max_s = fields.NumberOrNull("max_shot_s")};
}

contracts::Event ParseEvent(JsonFields& fields) {
  contracts::Event event;
  const std::string type = fields.Text("type");
  bool known = false;
  for (const contracts::EventType candidate : contracts::kEventTypes) {
    if (type != contracts::EventTypeName(candidate)) continue;
    event.type = candidate;
    known = true;
  }
  if (!known) fields.Reject("type", "an event type like \"hard\"");
  event.frame = fields.Integer("frame");
  event.start_frame = fields.Integer("start_frame");
  event.end_frame = fields.Integer("end_frame");
  event.time_s = fields.Number("time_s");
  event.start_s = fields.Number("start_s");
  event.end_s = fields.Number("end_s");
  event.confidence = static_cast<float>(fields.Number("confidence"));
  event.strength = static_cast<float>(fields.Number("strength"));
  for (const std::string& signal : fields.Texts("evidence")) {
    event.evidence.hist |= signal == "hist";
    event.evidence.ssim |= signal == "ssim";
    event.evidence.flow |= signal == "flow";
    event.evidence.deep |= signal == "deep";
  }
  event.near_decode_error = fields.FlagOr("near_decode_error", false);
  event.splits = fields.FlagOr("splits", true);
  return event;
}

contracts::Shot ParseShot(JsonFields& fields) {
  contracts::Shot shot;
  shot.index = Int(fields, "index");
  shot.start_frame = fields.Integer("start_frame");
  shot.end_frame = fields.Integer("end_frame");
  shot.start_s = fields.Number("start_s");
  shot.end_s = fields.Number("end_s");
  return shot;
}

}  // namespace

base::Result<CutsRecord> ParseCutsDocument(std::string_view json, std::string_view name) {
  const auto document = ParseDocument(json, name, kCutsSchema);
  if (!document) return std::unexpected(document.error());
  std::optional<base::Error> error;
  JsonFields fields(*document, std::string(name), error);
  CutsRecord record;
  record.video = fields.Text("video");
  ParseSource(fields.Object("source"), record);
  for (JsonFields& source : fields.ObjectsIfAny("sources"))
    record.sources.push_back(ParseSourceFile(source));
  JsonFields timeline = fields.Object("timeline");
  record.timeline_frames = timeline.Integer("frames");
  record.analysis_fps = timeline.NumberOrNull("analysis_fps");
  record.width = Int(timeline, "width");
  record.height = Int(timeline, "height");
  for (JsonFields& crop : timeline.ObjectIfAny("crop")) record.crop = ParseCrop(crop);
  ParseSettings(fields.Object("settings"), record);
  for (JsonFields& event : fields.Objects("events")) record.events.push_back(ParseEvent(event));
  for (JsonFields& event : fields.ObjectsIfAny("candidates")) {
    record.candidates.push_back(ParseEvent(event));
  }
  for (JsonFields& shot : fields.Objects("shots")) record.shots.push_back(ParseShot(shot));
  record.warnings = fields.Texts("warnings");
  if (error) return std::unexpected(*error);
  return record;
}

contracts::ComponentDocument CutsFile(std::string file) {
  return {
      .file = std::move(file),
      .make =
          [](const contracts::DocumentInput& input) { return CutsDocument(MakeCutsRecord(input)); },
      .read = [](std::string_view text,
                 std::string_view name) -> base::Result<contracts::ComponentResult> {
        auto record = ParseCutsDocument(text, name);
        if (!record) return std::unexpected(record.error());
        contracts::ComponentResult result;
        result.preset = contracts::PresetName(record->knobs.preset);
        result.preset_reason = record->knobs.preset_reason;
        result.events = std::move(*record);
        return result;
      }};
}

}  // namespace reelbatch::components
