#include "store/cuts_record.h"

#include <utility>

#include "base/text.h"
#include "store/identity.h"
#include "store/text.h"

namespace reelbatch::store {

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

RecordSource SourceOf(const contracts::SourcePart& part) {
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

}  // namespace

CutsRecord MakeCutsRecord(const std::filesystem::path& video, std::string_view source_sha256,
                          const contracts::VideoOutcome& outcome,
                          const contracts::RunConfig& config) {
  CutsRecord record;
  record.video = NameOf(video);
  record.pictures = PicturesOf(video);
  record.media_uri = FileUri(AbsolutePath(video));
  record.source_sha256 = source_sha256;
  record.parts = contracts::PartNames(contracts::PartsOf(config));
  record.analysis_fps = config.sampling.analysis_fps;
  record.crop = config.sampling.crop;
  record.loop_filter_skipped = contracts::SkipsLoopFilter(config);
  record.config_hash = ConfigHash(config);
  if (outcome.info) record.info = *outcome.info;
  // What decoding has proved wrong is not expected any more.
  record.decode.frames_expected = record.info.frames_expected;
  if (outcome.decode) record.decode = *outcome.decode;
  for (const contracts::SourcePart& part : record.decode.parts) {
    record.sources.push_back(SourceOf(part));
  }
  if (!outcome.cuts) return record;
  record.knobs = outcome.cuts->knobs;
  record.timeline_frames = static_cast<int64_t>(outcome.cuts->timeline.size());
  record.width = outcome.cuts->width;
  record.height = outcome.cuts->height;
  record.events = outcome.cuts->events;
  record.candidates = outcome.cuts->candidates;
  record.shots = outcome.cuts->shots;
  record.warnings = outcome.cuts->warnings;
  return record;
}

contracts::Rational RateOf(const CutsRecord& record) {
  for (const contracts::Rational& rate :
       {record.decode.rate, record.info.avg_fps, record.info.nominal_fps}) {
    if (rate.num > 0 && rate.den > 0) return rate;
  }
  return {0, 1};
}

FrameSignals SignalsOf(contracts::CutDetectionResult cuts) {
  return {.timeline = std::move(cuts.timeline),
          .pairs = std::move(cuts.signals),
          .soft = std::move(cuts.soft),
          .motion = std::move(cuts.motion)};
}

}  // namespace reelbatch::store
