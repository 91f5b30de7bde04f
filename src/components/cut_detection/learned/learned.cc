#include "components/cut_detection/learned/learned.h"

#include <algorithm>
#include <cstring>
#include <string_view>

#include "components/transnetv2/transnetv2.h"

namespace reelbatch::components::learned {
namespace {

// The published threshold: here the model sees a boundary.
constexpr float kSpeaks = 0.5F;
// Sure enough to be believed alone: it claims nine in ten. Where the rules see nothing, of what it
// says less surely 2 of 30 were right.
constexpr float kSure = 0.9F;
constexpr float kUnsureConfidence = 0.1F;
// Its own tolerance: a boundary so many frames away is the same one.
constexpr size_t kSameFrames = 2;
// A cut raises the curve of all frames on both of its sides, and at most one frame more.
constexpr size_t kMostFramesOfACut = 3;
// The line between events and candidates that the rules are made for.
constexpr float kLine = 0.5F;

/// A boundary as the model sees it.
struct Boundary {
  size_t peak = 0;
  size_t first = 0;  // frames in the transition, both included
  size_t last = 0;
  float probability = 0;
};

std::vector<Boundary> Boundaries(const Curves& curves) {
  std::vector<Boundary> boundaries;
  const size_t frames = curves.single.size();
  for (size_t frame = 0; frame < frames; ++frame) {
    if (curves.single[frame] < kSpeaks) continue;
    Boundary found{.peak = frame};
    for (; frame < frames && curves.single[frame] >= kSpeaks; ++frame) {
      if (curves.single[frame] > curves.single[found.peak]) found.peak = frame;
    }
    found.probability = curves.single[found.peak];
    found.first = found.last = found.peak;
    while (found.first > 0 && curves.all[found.first - 1] >= kSpeaks) --found.first;
    while (found.last + 1 < frames && curves.all[found.last + 1] >= kSpeaks) ++found.last;
    boundaries.push_back(found);
  }
  return boundaries;
}

/// `boundary` is not at the last frame, behind which there is no new shot.
Finding FindingOf(const Boundary& boundary, size_t frames) {
  const bool sudden = boundary.last - boundary.first < kMostFramesOfACut;
  Finding finding;
  finding.type = sudden ? contracts::EventType::kHard : contracts::EventType::kDissolve;
  finding.start = sudden ? boundary.peak : boundary.first;
  finding.end = std::min((sudden ? boundary.peak : boundary.last) + 1, frames - 1);
  finding.middle = (finding.start + finding.end + 1) / 2;
  finding.confidence = boundary.probability >= kSure ? boundary.probability : kUnsureConfidence;
  finding.strength = boundary.probability;
  finding.evidence.deep = true;
  return finding;
}

bool Meet(const Finding& a, const Finding& b) {
  return a.start <= b.end + kSameFrames && b.start <= a.end + kSameFrames;
}

}  // namespace

void Fuse(const Curves& curves, size_t frames, std::vector<Finding>& findings) {
  if (curves.single.size() != frames || curves.all.size() != frames) return;
  std::vector<Finding> own;
  for (const Boundary& boundary : Boundaries(curves)) {
    if (boundary.peak + 1 >= frames) continue;
    const Finding here = FindingOf(boundary, frames);
    bool known = false;
    for (Finding& other : findings) {
      if (contracts::IsObservation(other.type) || !Meet(other, here)) continue;
      other.evidence.deep = true;
      known = known || other.confidence >= kLine;
    }
    if (!known) own.push_back(here);
  }
  findings.insert(findings.end(), own.begin(), own.end());
}

base::Result<std::optional<LearnedSignals>> LearnedOf(const contracts::VideoOutcome& outcome,
                                                      const contracts::Timeline& timeline) {
  const auto result = outcome.results.find(kTransNetV2Name);
  if (result == outcome.results.end()) return std::nullopt;
  LearnedSignals learned{
      .single = contracts::ArrayOf<float>(result->second, "single_frame_probability"),
      .all = contracts::ArrayOf<float>(result->second, "all_frame_probability")};
  const bool same = contracts::ArrayOf<contracts::FrameIndex>(result->second, "frame_indices") ==
                    timeline.frame_indices;
  if (!same || learned.single.size() != timeline.size() || learned.all.size() != timeline.size()) {
    return base::Fail(base::Code::kContract,
                      "transnetv2 analysed other frames; run both components in one run, with the "
                      "same analysis rate");
  }
  return learned;
}

}  // namespace reelbatch::components::learned
