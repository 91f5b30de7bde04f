#include "store/run_summary.h"

#include <map>
#include <optional>

#include "base/json_text.h"
#include "base/text.h"
#include "contracts/producer.h"
#include "store/folder_layout.h"
#include "store/identity.h"
#include "store/source_registry.h"
#include "store/text.h"

namespace reelbatch::store {

using base::Json;
using base::TextOrNull;
using base::ValueOrNull;

namespace {

using contracts::VideoStatus;

constexpr std::string_view kVideos = "videos";

Json Decode(const std::optional<DecodeFacts>& facts) {
  if (!facts) return nullptr;
  return {{"frames_decoded", facts->frames_decoded},
          {"frames_expected", ValueOrNull(facts->frames_expected)},
          {"decode_errors", facts->decode_errors},
          {"damaged", facts->damaged}};
}

/// A run that has ended runs nothing: what it was at when it was stopped waits for the next one.
VideoStatus StatusAtEnd(VideoStatus status) {
  return status == VideoStatus::kRunning ? VideoStatus::kWaiting : status;
}

Json Video(const VideoRow& row, const SummarisedRun& run) {
  const VideoStatus status = StatusAtEnd(row.state.status);
  const bool finished = status == VideoStatus::kSuccess || status == VideoStatus::kEmpty;
  // An earlier result's manifest does not tell of this run's error.
  const bool has_manifest =
      finished || (status == VideoStatus::kError && !row.state.kept_earlier_result);
  const std::string folder = FolderLayout{}.Run(row.video_id, run.run_id).native() + "/";
  Json video;
  video["path"] = base::ValidUtf8(row.path.native());
  video["uri"] = FileUri(row.path);
  video["video_id"] = row.video_id;
  video["status"] = contracts::VideoStatusName(status);
  video["error_code"] = TextOrNull(row.state.error_code);
  video["reason"] = TextOrNull(row.state.reason);
  video["events"] = row.state.events;
  video["shots"] = row.state.shots;
  video["decode"] = Decode(row.state.decode);
  video["manifest"] = has_manifest ? Json(folder + std::string(kManifestFile)) : Json(nullptr);
  video["artifacts"] = Json::array();
  if (finished) {
    for (const StoredComponent& component : run.components) {
      for (const std::string& file : component.files()) video["artifacts"].push_back(folder + file);
    }
  }
  return video;
}

Json WithoutVideos(const SummarisedRun& run, const RunCounts& counts) {
  std::map<VideoStatus, int64_t> at_end;
  int64_t videos = 0;
  for (const auto& [status, count] : counts.by_status) {
    at_end[StatusAtEnd(status)] += count;
    videos += count;
  }
  Json document;
  document["schema"] = kRunSchema;
  document["producer"] = contracts::ProducerName();
  document["run_id"] = run.run_id;
  document["config_hash"] = ConfigHash(run.config);
  document["config"] = Json::parse(CanonicalJson(run.config), nullptr, false);
  document["ending"] = run.ending;
  Json& totals = document["totals"];
  totals["videos"] = videos;
  for (const VideoStatus status :
       {VideoStatus::kSuccess, VideoStatus::kEmpty, VideoStatus::kError, VideoStatus::kWaiting}) {
    totals[std::string(contracts::VideoStatusName(status))] = at_end[status];
  }
  totals["damaged"] = counts.damaged;
  document[std::string(kVideos)] = Json::array();
  return document;
}

}  // namespace

base::Status WriteRunSummary(const SummarisedRun& run, StateDb& state,
                             const std::filesystem::path& target,
                             const base::AtomicWrite& options) {
  const auto produce = [&](const base::TakePart& take) -> base::Status {
    std::optional<base::PrettyList> parts;
    base::Status taken;  // what fails beside it is the state
    const auto read = state.ReadRun(
        [&](const RunCounts& counts) {
          parts.emplace(WithoutVideos(run, counts), kVideos);
          return taken = take(parts->Begin());
        },
        [&](const VideoRow& row) { return taken = take(parts->Next(Video(row, run))); });
    if (!taken) return taken;
    if (!read) return std::unexpected(FolderFailed(read.error()));
    return take(parts->End());
  };
  return base::WriteFileInParts(target, produce, options);
}

}  // namespace reelbatch::store
