#include "components/cut_detection/cuts_document.h"

#include <fmt/format.h>

#include "base/json_text.h"
#include "components/cut_detection/shot_statistics.h"
#include "contracts/crop_json.h"
#include "contracts/producer.h"

namespace reelbatch::components {

using base::Json;
using base::Pretty;
using base::Rounded;
using base::TextOrNull;
using base::ValueOrNull;

namespace {

// A microsecond is finer than any container's clock that times video. Of a confidence, four digits
// are more than there is evidence for.
constexpr int kTimeDecimals = 6;
constexpr int kScoreDecimals = 4;

/// "24000/1001"; null where unknown.
Json RateOrNull(const contracts::Rational& rate) {
  if (rate.num <= 0 || rate.den <= 0) return nullptr;
  return fmt::format("{}/{}", rate.num, rate.den);
}

Json TimecodeOrNull(const std::optional<contracts::SourceTimecode>& timecode) {
  if (!timecode) return nullptr;
  return {{"text", timecode->text},
          {"drop_frame", timecode->drop_frame},
          {"rate", RateOrNull(timecode->rate)}};
}

Json Source(const CutsRecord& record) {
  const contracts::VideoInfo& info = record.info;
  Json source;
  source["sha256"] = TextOrNull(record.source_sha256);
  source["codec"] = TextOrNull(info.codec);
  source["width"] = info.width;
  source["height"] = info.height;
  source["sar"] = fmt::format("{}:{}", info.sar.num, info.sar.den);
  source["rotation"] = info.rotation_deg;
  source["fps"] = RateOrNull(contracts::RateOf(record));
  source["vfr"] = record.decode.vfr;
  source["frames_decoded"] = record.decode.frames_decoded;
  source["frames_expected"] = ValueOrNull(record.decode.frames_expected);
  source["start_time_s"] = Rounded(info.start_time_s, kTimeDecimals);
  source["duration_s"] =
      info.duration_s ? Json(Rounded(*info.duration_s, kTimeDecimals)) : Json(nullptr);
  source["decode_errors"] = record.decode.decode_errors;
  source["fps_observed"] = RateOrNull(record.decode.rate);
  source["fps_average"] = RateOrNull(info.avg_fps);
  source["repaired_pts"] = record.decode.repaired_pts;
  source["player_start_s"] = Rounded(info.player_start_s, kTimeDecimals);
  source["timecode"] = TimecodeOrNull(info.timecode);
  return source;
}

Json Sources(const std::vector<contracts::EventSource>& sources) {
  Json list = Json::array();
  for (const contracts::EventSource& source : sources) {
    list.push_back({{"video", source.video},
                    {"first_frame", source.first_frame},
                    {"frames", source.frames},
                    {"start_s", Rounded(source.start_s, kTimeDecimals)},
                    {"sha256", TextOrNull(source.sha256)},
                    {"width", source.info.width},
                    {"height", source.info.height},
                    {"fps_average", RateOrNull(source.info.avg_fps)},
                    {"timecode", TimecodeOrNull(source.info.timecode)}});
  }
  return list;
}

Json EvidenceList(const contracts::Evidence& evidence) {
  Json list = Json::array();
  if (evidence.hist) list.push_back("hist");
  if (evidence.ssim) list.push_back("ssim");
  if (evidence.flow) list.push_back("flow");
  if (evidence.deep) list.push_back("deep");
  return list;
}

Json Events(const std::vector<contracts::Event>& events) {
  Json list = Json::array();
  for (const contracts::Event& event : events) {
    Json item;
    item["type"] = contracts::EventTypeName(event.type);
    item["frame"] = event.frame;
    item["start_frame"] = event.start_frame;
    item["end_frame"] = event.end_frame;
    item["time_s"] = Rounded(event.time_s, kTimeDecimals);
    item["start_s"] = Rounded(event.start_s, kTimeDecimals);
    item["end_s"] = Rounded(event.end_s, kTimeDecimals);
    item["confidence"] = Rounded(event.confidence, kScoreDecimals);
    item["strength"] = Rounded(event.strength, kScoreDecimals);
    item["evidence"] = EvidenceList(event.evidence);
    if (event.near_decode_error) item["near_decode_error"] = true;
    if (!event.splits) item["splits"] = false;
    list.push_back(std::move(item));
  }
  return list;
}

/// With the times that the document shows, so that its statistics are those of its shots.
std::vector<contracts::Shot> AsShown(std::vector<contracts::Shot> shots) {
  for (contracts::Shot& shot : shots) {
    shot.start_s = Rounded(shot.start_s, kTimeDecimals);
    shot.end_s = Rounded(shot.end_s, kTimeDecimals);
  }
  return shots;
}

Json Shots(const std::vector<contracts::Shot>& shots) {
  Json list = Json::array();
  for (const contracts::Shot& shot : shots) {
    Json item;
    item["index"] = shot.index;
    item["start_frame"] = shot.start_frame;
    item["end_frame"] = shot.end_frame;
    item["start_s"] = shot.start_s;
    item["end_s"] = shot.end_s;
    list.push_back(std::move(item));
  }
  return list;
}

Json Statistics(const std::vector<contracts::Shot>& shots) {
  const ShotStatistics statistics = StatisticsOf(shots);
  Json object;
  const auto add = [&object](std::string_view name, std::optional<double> value) {
    object[std::string(name)] = value ? Json(Rounded(*value, kTimeDecimals)) : Json(nullptr);
  };
  object["shots"] = statistics.shots;
  object["cuts"] = statistics.cuts;
  add("cuts_per_minute", statistics.cuts_per_minute);
  add("shot_length_mean_s", statistics.shot_length_mean_s);
  add("shot_length_median_s", statistics.shot_length_median_s);
  add("shot_length_p10_s", statistics.shot_length_p10_s);
  add("shot_length_p25_s", statistics.shot_length_p25_s);
  add("shot_length_p75_s", statistics.shot_length_p75_s);
  add("shot_length_p90_s", statistics.shot_length_p90_s);
  add("share_under_1s", statistics.share_under_1s);
  add("share_over_4s", statistics.share_over_4s);
  add("interval_mean_s", statistics.interval_mean_s);
  add("interval_median_s", statistics.interval_median_s);
  add("interval_min_s", statistics.interval_min_s);
  add("interval_max_s", statistics.interval_max_s);
  add("interval_std_s", statistics.interval_std_s);
  add("entropy_bits", statistics.entropy_bits);
  add("uniformity", statistics.uniformity);
  return object;
}

}  // namespace

std::string CutsDocument(const CutsRecord& record) {
  Json document;
  document["schema"] = kCutsSchema;
  document["producer"] = contracts::ProducerName();
  document["video"] = record.video;
  document["source"] = Source(record);
  if (!record.sources.empty()) document["sources"] = Sources(record.sources);
  Json& timeline = document["timeline"];
  timeline["frames"] = record.timeline_frames;
  timeline["analysis_fps"] = ValueOrNull(record.analysis_fps);
  timeline["width"] = record.width;
  timeline["height"] = record.height;
  if (record.crop) timeline["crop"] = contracts::CropJson(*record.crop);
  Json& settings = document["settings"];
  settings["preset"] = contracts::PresetName(record.knobs.preset);
  settings["preset_reason"] = record.knobs.preset_reason;
  settings["decision"] = DecisionName(record.knobs.decision);
  settings["parts"] = record.parts;
  settings["min_confidence"] = Rounded(record.knobs.min_confidence, kScoreDecimals);
  settings["loop_filter"] = contracts::LoopFilterName(record.loop_filter_skipped);
  settings["config_hash"] = record.config_hash;
  // Only where it was asked for: a run has no such filter.
  if (record.shot_lengths.any()) {
    settings["min_shot_s"] = ValueOrNull(record.shot_lengths.min_s);
    settings["max_shot_s"] = ValueOrNull(record.shot_lengths.max_s);
  }
  document["events"] = Events(record.events);
  document["candidates"] = Events(record.candidates);
  const std::vector<contracts::Shot> shots = AsShown(record.shots);
  document["shots"] = Shots(shots);
  document["statistics"] = Statistics(shots);
  document["warnings"] = record.warnings;
  return Pretty(document);
}

}  // namespace reelbatch::components
