// The parts of speech_activity without a model, for tests against the published code.
//   speech_probe samples CLIP   the sound as the component hears it: f32
//   speech_probe units CLIP     its units as they reach the model: f32 [n, 576]
//   speech_probe spans -        of curves on stdin, each i64 samples, i64 windows and f32
//   probabilities: a line of begins and ends each
#include <array>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

#include "components/audio.h"
#include "components/speech_activity/speech_activity.h"
#include "media/audio_reader.h"

namespace reelbatch {
namespace {

[[noreturn]] void Refuse(const std::string& what) {
  std::fprintf(stderr, "speech_probe: %s\n", what.c_str());
  std::exit(2);
}

class StdoutSink final : public components::UnitSink {
 public:
  bool Push(components::Bytes data, components::Bytes /*kept*/) override {
    return std::fwrite(data.data(), 1, data.size(), stdout) == data.size();
  }
};

void Listen(const std::string& clip, bool units) {
  auto source = media::OpenAudio(clip, {.rate = components::kListeningRate});
  if (!source) Refuse(source.error().Text());
  if (*source == nullptr) Refuse(clip + " has no sound");
  StdoutSink sink;
  const auto component = components::MakeSpeechActivity({});
  component->Bind(sink);
  while (true) {
    const auto block = (*source)->Next();
    if (!block) Refuse(block.error().Text());
    if (block->samples.empty()) break;
    if (!units) std::fwrite(block->samples.data(), sizeof(float), block->samples.size(), stdout);
    if (units && !component->audio()->Hear(block->samples, block->first_sample))
      Refuse("the component failed");
  }
  if (units && !component->audio()->HearEnd((*source)->report())) Refuse("the component failed");
}

void FindSpans() {
  for (std::array<int64_t, 2> head{}; std::fread(head.data(), sizeof head, 1, stdin) == 1;) {
    std::vector<float> probabilities(static_cast<size_t>(head[1]));
    if (std::fread(probabilities.data(), sizeof(float), probabilities.size(), stdin) !=
        probabilities.size())
      Refuse("a torn curve");
    for (const components::SpeechSpan& span : components::FindSpeech(probabilities, head[0], {})) {
      std::printf("%lld %lld ", static_cast<long long>(span.begin),
                  static_cast<long long>(span.end));
    }
    std::printf("\n");
  }
}

}  // namespace
}  // namespace reelbatch

int main(int argc, char** argv) {
  if (argc != 3) reelbatch::Refuse("wants samples CLIP, units CLIP or spans -");
  const std::string what = argv[1];
  if (what == "spans") {
    reelbatch::FindSpans();
  } else if (what == "samples" || what == "units") {
    reelbatch::Listen(argv[2], what == "units");
  } else {
    reelbatch::Refuse("does not know " + what);
  }
  return 0;
}
