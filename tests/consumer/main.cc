#include <reelbatch/reelbatch.h>

#include <cstdio>

// Prints the changes of shot of the videos that it is given: PATH TYPE SECONDS FRAME.
int main(int count, char** videos) {
  auto session = reelbatch::Session::Open({});
  for (int k = 1; session && k < count; ++k) session->Submit(videos[k]);
  if (!session) return std::fprintf(stderr, "%s\n", session.error().Text().c_str()), 1;
  session->Close();
  while (auto result = session->Next()) {
    for (const auto& event : result->events)
      std::printf("%s %s %.6f %lld\n", result->path.c_str(), event.type.c_str(), event.start_s,
                  static_cast<long long>(event.start_frame));
  }
}
