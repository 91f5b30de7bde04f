// The parts of speech_activity without a model, for tests against the published code.
//   speech_probe samples CLIP   the sound as the component hears it: f32
//   speech_probe units CLIP     its units as they reach the model: f32 [n, 576]
//   speech_probe spans SAMPLES  of f32 probabilities on stdin: "begin end" a line, in samples
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
  bool Push(components::Bytes data) override { return std::fwrite(data.data(), 1, data.size(), stdout) == data.size(); }
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
    if (units && !component->audio()->Hear(block->samples, block->first_sample)) Refuse("the component failed");
  }
  if (units && !component->audio()->HearEnd((*source)->report())) Refuse("the component failed");
}

void FindSpans(int64_t samples) {
  std::vector<float> probabilities;
  for (float value = 0; std::fread(&value, sizeof value, 1, stdin) == 1;) probabilities.push_back(value);
  for (const components::SpeechSpan& span : components::FindSpeech(probabilities, samples, {})) {
    std::printf("%lld %lld\n", static_cast<long long>(span.begin), static_cast<long long>(span.end));
  }
}

}  // namespace
}  // namespace reelbatch

int main(int argc, char** argv) {
  if (argc != 3) reelbatch::Refuse("wants samples CLIP, units CLIP or spans SAMPLES");
  const std::string what = argv[1];
  if (what == "spans") {
    reelbatch::FindSpans(std::strtoll(argv[2], nullptr, 10));
  } else if (what == "samples" || what == "units") {
    reelbatch::Listen(argv[2], what == "units");
  } else {
    reelbatch::Refuse("does not know " + what);
  }
  return 0;
}
