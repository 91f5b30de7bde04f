#include "runtime/video.h"

namespace reelbatch::runtime {

bool DecodedVideo::CanGoOn() const {
  bool follows = false;
  bool ended = false;  // some that were at work
  bool all_ended = true;
  for (size_t k = 0; k < phases.size(); ++k) {
    follows = follows || phases[k] == ComponentPhase::kFollows;
    if (phases[k] != ComponentPhase::kWorks) continue;
    const bool complete = units[k] == nullptr || units[k]->complete();
    ended = ended || complete;
    all_ended = all_ended && complete;
  }
  return all_ended || (follows && ended);
}

std::shared_ptr<Video> Replace(const Video& video, contracts::VideoOutcome outcome,
                               std::optional<double> media_s) {
  auto rest = std::make_shared<Video>(video.input);
  rest->done = video.done;
  rest->state = Concluding{{.media_s = media_s, .outcome = std::move(outcome)}};
  return rest;
}

void Stamp(const StartTimes& started, const base::Clock& clock, contracts::VideoOutcome& outcome) {
  outcome.started_at_ns = started.wall.count();
  outcome.finished_at_ns = clock.Wall().count();
  outcome.duration_ns = (clock.Steady() - started.steady).count();
}

}  // namespace reelbatch::runtime
