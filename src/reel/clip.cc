#include "reel/clip.h"

#include <utility>

#include "base/json_text.h"
#include "fmt/format.h"
#include "reel/renderer.h"
#include "reel/timeline.h"

namespace reelbatch::reel {
namespace {

const char* TypeOf(JoinKind kind) {
  switch (kind) {
    case JoinKind::kCut:
      return "hard";
    case JoinKind::kDissolve:
      return "dissolve";
    case JoinKind::kFade:
      return "fade";
    case JoinKind::kWipe:
      return "wipe";
  }
  return "";
}

std::string ColorText(const Rgb& color) {
  if (color == Rgb{0, 0, 0}) return "black";
  if (color == Rgb{255, 255, 255}) return "white";
  return fmt::format("{},{},{}", color.r, color.g, color.b);
}

}  // namespace

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
  using base::Json;
  const std::vector<FramePlan> plans = PlanFrames(script);
  const Truth truth = ReadTruth(plans);
  Json transitions = Json::array();
  for (const TrueTransition& t : truth.transitions) {
    Json entry{{"type", TypeOf(t.kind)}, {"start", t.start}, {"end", t.end}, {"frame", t.frame}};
    if (t.kind == JoinKind::kFade) entry["through"] = ColorText(t.color);
    transitions.push_back(std::move(entry));
  }
  Json edges = Json::array();
  for (const TrueEdge& t : truth.edges) {
    edges.push_back(
        {{"kind", t.opens ? "fade_in" : "fade_out"}, {"start", t.start}, {"end", t.end}});
  }
  Json traps = Json::array();
  for (const TrueTrap& t : truth.traps) {
    traps.push_back({{"kind", WordOf(t.kind).word}, {"start", t.start}, {"end", t.end}});
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
      {"edge", std::move(edges)},
      {"hard_negatives", std::move(traps)},
  };
  // A name that is not UTF-8 is written with replacement characters rather than thrown at.
  return document.dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace reelbatch::reel
