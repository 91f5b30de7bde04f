#pragma once

// For tests only: frames and sound of a file, read together in several ways.

#include <filesystem>
#include <functional>
#include <memory>
#include <string>

#include "contracts/video.h"
#include "media/audio_source.h"
#include "media/frame_source.h"
#include "media/shared_file.h"

namespace reelbatch::media::shared_passes {

struct Pass {
  std::filesystem::path path;
  contracts::Sampling sampling = {};
  int threads = 1;  // of the decoder
};

/// Reads on; false: that was the end.
using Step = std::function<bool()>;
/// Where a source stands, seconds.
using Position = std::function<double()>;

/// Drives both to their ends.
struct Steps {
  Step frames;
  Step sound;
  Position frames_at;
  Position sound_at;
};
using Way = void (*)(const Steps&);

void FramesFirst(const Steps& steps);
void SoundFirst(const Steps& steps);
/// The sound follows the frames, as in a run.
void ByTurns(const Steps& steps);
void OnTwoThreads(const Steps& steps);

/// All that the two give, as text: infos, frames, times, samples (their hashes), reports, errors.
/// `shared` may be null.
std::string Read(const Pass& pass, const std::shared_ptr<SharedFile>& shared, Way way);

}  // namespace reelbatch::media::shared_passes
