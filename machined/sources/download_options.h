// How the node itself downloads.
#pragma once

#include <string_view>
#include <vector>

#include "lib/config/config.h"
#include "lib/http/client.h"
#include "lib/runtime/runtime.h"

namespace ichor {

// The proxies of `http_proxy`, `https_proxy` and `no_proxy` among `variables` ("NAME=value"; a name
// in lower case wins over one in capitals), and the roots of TrustedRootsConfig. `config` may be
// null.
http::ClientOptions DownloadOptions(const std::vector<std::string_view>& variables,
                                    const config::Config* config);

// The same of the environment that machined has, and of the config in force, complete or not.
http::ClientOptions DownloadOptionsNow(Runtime& runtime);

}  // namespace ichor
