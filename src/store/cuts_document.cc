#include "store/cuts_document.h"

#include <fmt/format.h>

#include "store/identity.h"
#include "store/json_text.h"
#include "store/statistics.h"

namespace reelbatch::store {
namespace {

/// "24000/1001"; null where unknown. The average rate speaks before the container's base rate.
Json RateOrNull(const contracts::VideoInfo& info) {
  const contracts::Rational& rate = info.avg_fps.num > 0 ? info.avg_fps : info.nominal_fps;
  if (rate.num <= 0 || rate.den <= 0) return nullptr;
  return fmt::format("{}/{}", rate.num, rate.den);
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
  source["fps"] = RateOrNull(info);
  source["vfr"] = record.decode.vfr;
  source["frames_decoded"] = record.decode.frames_decoded;
  source["frames_expected"] = ValueOrNull(record.decode.frames_expected);
  source["start_time_s"] = info.start_time_s;
  source["duration_s"] = ValueOrNull(info.duration_s);
  source["decode_errors"] = record.decode.decode_errors;
  return source;
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
    item["time_s"] = event.time_s;
    item["start_s"] = event.start_s;
    item["end_s"] = event.end_s;
    item["confidence"] = Shortest(event.confidence);
    item["strength"] = Shortest(event.strength);
    item["evidence"] = EvidenceList(event.evidence);
    if (event.near_decode_error) item["near_decode_error"] = true;
    list.push_back(std::move(item));
  }
  return list;
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
  object["shots"] = statistics.shots;
  object["cuts"] = statistics.cuts;
  object["cuts_per_minute"] = statistics.cuts_per_minute;
  object["shot_length_mean_s"] = ValueOrNull(statistics.shot_length_mean_s);
  object["shot_length_median_s"] = ValueOrNull(statistics.shot_length_median_s);
  object["shot_length_p10_s"] = ValueOrNull(statistics.shot_length_p10_s);
  object["shot_length_p25_s"] = ValueOrNull(statistics.shot_length_p25_s);
  object["shot_length_p75_s"] = ValueOrNull(statistics.shot_length_p75_s);
  object["shot_length_p90_s"] = ValueOrNull(statistics.shot_length_p90_s);
  object["share_under_1s"] = statistics.share_under_1s;
  object["share_over_4s"] = statistics.share_over_4s;
  object["interval_mean_s"] = ValueOrNull(statistics.interval_mean_s);
  object["interval_median_s"] = ValueOrNull(statistics.interval_median_s);
  object["interval_min_s"] = ValueOrNull(statistics.interval_min_s);
  object["interval_max_s"] = ValueOrNull(statistics.interval_max_s);
  object["interval_std_s"] = ValueOrNull(statistics.interval_std_s);
  object["entropy_bits"] = ValueOrNull(statistics.entropy_bits);
  object["uniformity"] = ValueOrNull(statistics.uniformity);
  return object;
}

}  // namespace

std::string CutsDocument(const CutsRecord& record) {
  Json document;
  document["schema"] = kCutsSchema;
  document["producer"] = ProducerName();
  document["video"] = record.video;
  document["source"] = Source(record);
  Json& timeline = document["timeline"];
  timeline["frames"] = record.timeline_frames;
  timeline["analysis_fps"] = ValueOrNull(record.analysis_fps);
  timeline["width"] = record.width;
  timeline["height"] = record.height;
  Json& settings = document["settings"];
  settings["preset"] = contracts::PresetName(record.knobs.preset);
  settings["preset_reason"] = record.knobs.preset_reason;
  settings["decision"] = contracts::DecisionName(record.knobs.decision);
  settings["parts"] = record.parts;
  settings["config_hash"] = record.config_hash;
  document["events"] = Events(record.events);
  document["shots"] = Shots(record.shots);
  document["statistics"] = Statistics(record.shots);
  document["warnings"] = record.warnings;
  return Pretty(document);
}

}  // namespace reelbatch::store
