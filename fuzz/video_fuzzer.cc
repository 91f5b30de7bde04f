#include "fuzz/memory_file.h"
#include "media/video_reader.h"

using namespace reelbatch;

namespace {
// Enough to meet reordering and a drained decoder; more would only make each run slower.
constexpr int kMaxFrames = 64;
}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const fuzz::MemoryFile file(data, size);
  auto source = media::OpenVideo(file.path(), {});
  if (!source) return 0;
  int64_t last = -1;
  for (int frames = 0; frames < kMaxFrames; ++frames) {
    const auto frame = (*source)->Next();
    if (!frame || *frame == nullptr) break;
    if ((*frame)->index <= last || (*frame)->view.y.empty()) std::abort();
    last = (*frame)->index;
  }
  return 0;
}
