#include "store/cuts_record.h"

#include <utility>

#include "base/json_text.h"
#include "base/text.h"
#include "store/identity.h"
#include "store/text.h"

namespace reelbatch::store {

using base::Json;

namespace {

std::string NameOf(const std::filesystem::path& path) {
  const bool pictures = base::NamesPictures(path);
  return base::ValidUtf8(pictures ? base::PictureStem(path) : path.filename().native());
}

std::optional<base::PictureNumbering> PicturesOf(const std::filesystem::path& path) {
  if (!base::NamesPictures(path)) return std::nullopt;
  const auto pictures = base::ListPictures(path);
  return pictures ? base::NumberingOf(*pictures) : std::nullopt;
}

contracts::EventSource SourceOf(const contracts::SourcePart& part) {
  const std::filesystem::path path(part.path);
  return {.video = NameOf(path),
          .media_uri = FileUri(AbsolutePath(path)),
          .sha256 = "",
          .pictures = PicturesOf(path),
          .first_frame = part.first_frame,
          .frames = part.frames,
          .start_s = part.start_s,
          .info = part.info};
}

/// What is known of a video beside its events.
contracts::EventList DescribeVideo(const std::filesystem::path& video,
                                   std::string_view source_sha256,
                                   const contracts::VideoOutcome& outcome) {
  contracts::EventList list;
  if (const contracts::EventList* const found = contracts::EventsOf(outcome)) list = *found;
  list.video = NameOf(video);
  list.pictures = PicturesOf(video);
  list.media_uri = FileUri(AbsolutePath(video));
  list.source_sha256 = source_sha256;
  if (outcome.info) list.info = *outcome.info;
  // What decoding has proved wrong is not expected any more.
  list.decode.frames_expected = list.info.frames_expected;
  if (outcome.decode) list.decode = *outcome.decode;
  for (const contracts::SourcePart& part : list.decode.parts) {
    list.sources.push_back(SourceOf(part));
  }
  return list;
}

/// The settings that cuts.json shows, from the result's own meta.
contracts::CutKnobs KnobsIn(const contracts::VideoOutcome& outcome) {
  contracts::CutKnobs shown;
  const contracts::ComponentResult* const result = contracts::ResultWithEvents(outcome);
  if (result == nullptr) return shown;
  const Json meta = Json::parse(result->meta, nullptr, false);
  if (!meta.is_object() || !meta.contains("knobs")) return shown;
  const Json& knobs = meta["knobs"];
  for (const auto preset :
       {contracts::Preset::kQuality, contracts::Preset::kDefault, contracts::Preset::kFast}) {
    if (result->preset == contracts::PresetName(preset)) shown = contracts::KnobsOf(preset);
  }
  shown.preset_reason = result->preset_reason;
  if (knobs.value("decision", "") == contracts::DecisionName(contracts::Decision::kSeed))
    shown.decision = contracts::Decision::kSeed;
  shown.min_confidence = knobs.value("min_confidence", shown.min_confidence);
  return shown;
}

}  // namespace

CutsRecord MakeCutsRecord(const std::filesystem::path& video, std::string_view source_sha256,
                          const contracts::VideoOutcome& outcome,
                          const contracts::RunConfig& config) {
  CutsRecord record;
  static_cast<contracts::EventList&>(record) = DescribeVideo(video, source_sha256, outcome);
  record.parts = contracts::PartNames(contracts::PartsOf(config));
  record.analysis_fps = config.sampling.analysis_fps;
  record.crop = config.sampling.crop;
  record.loop_filter_skipped = contracts::SkipsLoopFilter(config);
  record.config_hash = ConfigHash(config);
  record.knobs = KnobsIn(outcome);
  return record;
}

}  // namespace reelbatch::store
