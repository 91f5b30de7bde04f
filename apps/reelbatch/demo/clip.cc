#include "apps/reelbatch/demo/clip.h"

#include <utility>

#include "apps/reelbatch/demo/renderer.h"
#include "apps/reelbatch/demo/timeline.h"
#include "fmt/format.h"
#include "nlohmann/json.hpp"

namespace reelbatch::app::demo {

base::Result<int64_t> WriteClip(const std::filesystem::path& path, const Script& script) {
  if (auto valid = Validate(script); !valid) return std::unexpected(valid.error());
  auto writer = media::CreateVideo(path, script.video);
  if (!writer) return std::unexpected(writer.error());
  Renderer renderer(script);
  const std::vector<FramePlan> plans = PlanFrames(script);
  for (const FramePlan& plan : plans) {
    if (auto done = (*writer)->Write(renderer.Draw(plan), plan.pts); !done) {
      return std::unexpected(done.error());
    }
  }
  if (auto done = (*writer)->Finish(); !done) return std::unexpected(done.error());
  return static_cast<int64_t>(plans.size());
}

std::string TruthJson(const Script& script, const std::string& video_name) {
  using Json = nlohmann::ordered_json;
  const std::vector<FramePlan> plans = PlanFrames(script);
  const Truth truth = ReadTruth(plans);
  Json transitions = Json::array();
  for (const TrueTransition& t : truth.transitions) {
    const char* type = t.kind == JoinKind::kCut        ? "hard"
                       : t.kind == JoinKind::kDissolve ? "dissolve"
                                                       : "fade";
    Json entry{{"type", type}, {"start", t.start}, {"end", t.end}, {"frame", t.frame}};
    if (t.kind == JoinKind::kFade) entry["through"] = t.white ? "white" : "black";
    transitions.push_back(std::move(entry));
  }
  Json traps = Json::array();
  for (const TrueTrap& t : truth.traps) {
    traps.push_back({{"kind", t.kind == TrapKind::kFlash ? "flash" : "whip"},
                     {"start", t.start},
                     {"end", t.end}});
  }
  const Json document{
      {"video", video_name},
      {"fps", fmt::format("{}/{}", script.video.fps.num, script.video.fps.den)},
      {"n_frames", plans.size()},
      {"frame_base", 0},
      {"kind", "generated"},
      {"convention",
       "start = last frame wholly of the old shot, end = first frame wholly of the new shot (hard: "
       "end=start+1)"},
      {"transitions", std::move(transitions)},
      {"edge", Json::array()},
      {"hard_negatives", std::move(traps)},
  };
  // A name that is not UTF-8 is written with replacement characters rather than thrown at.
  return document.dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace reelbatch::app::demo
