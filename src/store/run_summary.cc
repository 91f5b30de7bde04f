#include "store/run_summary.h"

#include <map>

#include "base/json_text.h"
#include "base/text.h"
#include "contracts/producer.h"
#include "store/folder_layout.h"
#include "store/identity.h"
#include "store/text.h"

namespace reelbatch::store {

using base::Json;
using base::Pretty;
using base::TextOrNull;
using base::ValueOrNull;

namespace {

using contracts::VideoStatus;

Json Decode(const std::optional<DecodeFacts>& facts) {
  if (!facts) return nullptr;
  return {{"frames_decoded", facts->frames_decoded},
          {"frames_expected", ValueOrNull(facts->frames_expected)},
          {"decode_errors", facts->decode_errors},
          {"damaged", facts->damaged}};
}

/// A run that has ended runs nothing: what it was at when it was stopped waits for the next one.
VideoStatus StatusAtEnd(const VideoRow& row) {
  return row.state.status == VideoStatus::kRunning ? VideoStatus::kWaiting : row.state.status;
}

Json Video(const VideoRow& row, const SummarisedRun& run) {
  const VideoStatus status = StatusAtEnd(row);
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

}  // namespace

base::Result<std::string> RunSummary(const SummarisedRun& run, StateDb& state) {
  std::map<VideoStatus, int64_t> counts;
  int64_t damaged = 0;
  Json videos = Json::array();
  auto visited = state.ForEachInRun([&](const VideoRow& row) {
    ++counts[StatusAtEnd(row)];
    damaged += row.state.decode && row.state.decode->damaged ? 1 : 0;
    videos.push_back(Video(row, run));
  });
  if (!visited) return std::unexpected(visited.error());
  Json document;
  document["schema"] = kRunSchema;
  document["producer"] = contracts::ProducerName();
  document["run_id"] = run.run_id;
  document["config_hash"] = ConfigHash(run.config);
  document["config"] = Json::parse(CanonicalJson(run.config), nullptr, false);
  document["ending"] = run.ending;
  Json& totals = document["totals"];
  totals["videos"] = videos.size();
  for (const VideoStatus status :
       {VideoStatus::kSuccess, VideoStatus::kEmpty, VideoStatus::kError, VideoStatus::kWaiting}) {
    totals[std::string(contracts::VideoStatusName(status))] = counts[status];
  }
  totals["damaged"] = damaged;
  document["videos"] = std::move(videos);
  return Pretty(document);
}

}  // namespace reelbatch::store
